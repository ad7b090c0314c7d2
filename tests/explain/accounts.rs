//! Accounts of an image: its passwd(5), shadow(5) and group(5).

use crate::fixture::{Run, Site, host_key, set_mode};

/// A site whose image has the account alice, in the group staff besides her own.
fn site() -> Site {
    let site = Site::new();
    std::fs::create_dir(site.path("bin")).unwrap();
    set_mode(&site.path("bin"), 0o755);
    site.write("bin/sh", "");
    set_mode(&site.path("bin/sh"), 0o755);
    let uid = site.uid();
    site.write("etc/passwd", format!("root:x:0:0::/root:/bin/sh\nalice:x:{uid}:{uid}::/home/alice:/bin/sh\n"));
    site.write("etc/group", format!("alice:x:{uid}:\nstaff:x:50:bob,alice\n"));
    shadow(&site, "*");
    site
}

fn shadow(site: &Site, password: &str) {
    site.write("etc/shadow", format!("alice:{password}:19000:0:99999:7:::\n"));
    set_mode(&site.path("etc/shadow"), 0o600);
}

fn explain(site: &Site, user: &str, more: &[&str]) -> Run {
    let mut command = site.bare(&["--json", "--set", "HostbasedAuthentication=yes", "--user", user]);
    command.args(["--client-user", user, "--client-host", "node1", "--address", "10.77.0.1"]);
    command.args(["--key", host_key().file()]).args(more).output().unwrap().into()
}

#[test]
fn there_must_be_one() {
    needs_keygen!();
    let site = site();
    let json = explain(&site, "alice", &[]).accepted().json();
    assert!(!json["notes"].to_string().contains("account"), "{json:#}");
    let run = explain(&site, "alic", &[]).refused("account-unknown");
    assert_eq!(run.json()["sshd_message"], "Invalid user alic from 10.77.0.1");
    let run = explain(&site, "alic", &["--uid", &site.uid()]).accepted();
    run.notes("alic is no account here: --uid stands in for it").notes("its own files are not asked");
    explain(&site, "alice", &["--uid", "0"]).refused("root-ignores-system-files");
}

#[test]
fn it_must_not_be_locked() {
    needs_keygen!();
    let site = site();
    shadow(&site, "!$6$x");
    explain(&site, "alice", &[]).refused("account-locked");
    explain(&site, "alice", &["--set", "UsePAM=yes"]).accepted().notes("UsePAM is yes: PAM's account rules may still");
    shadow(&site, "!");
    let run = explain(&site, "alice", &[]).refused("account-locked");
    assert!(run.json()["hint"].as_str().unwrap().contains("usermod -p '*' alice"), "{run:?}");
    shadow(&site, "$6$x");
    explain(&site, "alice", &[]).accepted();
    // One that is over is not unlocked by its password.
    site.write("etc/shadow", "alice:$6$x:19000:0:99999:7::19000:\n");
    let json = explain(&site, "alice", &[]).refused("account-locked").json();
    assert_eq!((&json["message"], &json["sshd_level"]), (&"the account has expired".into(), &serde_json::Value::Null));
    assert!(json["hint"].as_str().unwrap().contains("chage -E -1 alice"), "{json:#}");
    shadow(&site, "$6$x");
    site.write("etc/nologin", "");
    explain(&site, "alice", &[]).accepted().notes("/etc/nologin exists");
    std::fs::remove_file(site.path("etc/nologin")).unwrap();
    std::fs::remove_file(site.path("etc/shadow")).unwrap();
    explain(&site, "alice", &[]).accepted().notes("whether the account is locked is not known");
}

#[test]
fn its_shell_must_be_a_program() {
    needs_keygen!();
    let site = site();
    set_mode(&site.path("bin/sh"), 0o644);
    explain(&site, "alice", &[]).refused("shell-not-executable");
    std::fs::remove_file(site.path("bin/sh")).unwrap();
    explain(&site, "alice", &[]).refused("shell-missing");
    explain(&site, "alice", &["--set", "ChrootDirectory=/srv"]).accepted();
}

#[test]
fn its_groups_are_asked() {
    needs_keygen!();
    let site = site();
    for (setting, code) in [
        ("AllowGroups=staff", None),
        ("AllowGroups=alice", None),
        ("AllowGroups=wheel", Some("group-not-allowed")),
        ("DenyGroups=staff", Some("group-denied")),
        ("DenyGroups=wheel", None),
    ] {
        let run = explain(&site, "alice", &["--set", setting]);
        match code {
            Some(code) => run.refused(code),
            None => run.accepted(),
        };
    }
    site.write("etc/group", "wheel:x:10:bob\n");
    explain(&site, "alice", &["--set", "DenyGroups=wheel"]).refused("no-group");
}
