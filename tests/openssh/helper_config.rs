//! Which `/etc/ssh/ssh_config` enables the helper: it is read as the user, once, for no host.

use crate::helper::{Question, Verdict};
use crate::keys;
use crate::lab::Lab;
use crate::under_test::Expect;

const CONFIG: &str = "/etc/ssh/ssh_config";
const OFF: Verdict = Verdict::Refuses("ssh-keysign not enabled in /etc/ssh/ssh_config");
const TERMINATING: &str = "/etc/ssh/ssh_config: terminating, 1 bad configuration options";
const BAD_OPTION: Verdict = Verdict::Refuses(TERMINATING);

fn lab_with_key(lab: Lab) -> Lab {
    lab.install_key(keys::ed25519());
    lab
}

#[track_caller]
fn assert_config(lab: &Lab, text: &str, expect: Expect<Verdict>) {
    lab.write(CONFIG, text);
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    lab.assert_answer(&format_args!("ssh_config {text:?}"), &question, expect.here());
}

#[test]
fn plain_lines() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (text, verdict) in [
        ("EnableSSHKeysign yes\n", Verdict::Signs),
        ("enablesshkeysign yes", Verdict::Signs),
        ("EnableSSHKeysign=yes\n", Verdict::Signs),
        ("EnableSSHKeysign = yes\n", Verdict::Signs),
        ("  \tEnableSSHKeysign\t yes  \r\n", Verdict::Signs),
        ("EnableSSHKeysign \"yes\"\n", Verdict::Signs),
        ("EnableSSHKeysign true\n", Verdict::Signs),
        ("EnableSSHKeysign yes # as agreed\n", Verdict::Signs),
        ("# a comment\n\nUser nobody\nEnableSSHKeysign yes\n", Verdict::Signs),
        ("", OFF),
        ("#EnableSSHKeysign yes\n", OFF),
        ("EnableSSHKeysign no\n", OFF),
        ("EnableSSHKeysign false\n", OFF),
        // The first value counts.
        ("EnableSSHKeysign no\nEnableSSHKeysign yes\n", OFF),
        ("EnableSSHKeysign yes\nEnableSSHKeysign no\n", Verdict::Signs),
    ] {
        assert_config(&lab, text, Expect::both(verdict));
    }
}

#[test]
fn host_blocks() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (host, verdict) in [
        ("*", Verdict::Signs),
        ("* other", Verdict::Signs),
        ("other *", Verdict::Signs),
        ("!login* *", Verdict::Signs),
        ("* !login*", Verdict::Signs),
        ("\"*\"", Verdict::Signs),
        ("**", Verdict::Signs),
        ("other", OFF),
        ("srv.cluster.test", OFF),
        ("*.cluster.test", OFF),
        ("?*", OFF),
        ("!login*", OFF),
        ("!* *", OFF),
        ("* !*", OFF),
    ] {
        assert_config(&lab, &format!("Host {host}\n    EnableSSHKeysign yes\n"), Expect::both(verdict));
    }
    for (text, verdict) in [
        ("Host other\nUser x\nHost *\nEnableSSHKeysign yes\n", Verdict::Signs),
        ("Host other\nEnableSSHKeysign no\nHost *\nEnableSSHKeysign yes\n", Verdict::Signs),
        ("Host *\nEnableSSHKeysign no\nHost *\nEnableSSHKeysign yes\n", OFF),
        ("Host other\nEnableSSHKeysign yes\n\n# still in the block\nEnableSSHKeysign yes\n", OFF),
    ] {
        assert_config(&lab, text, Expect::both(verdict));
    }
}

#[test]
fn match_blocks() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (criteria, expect) in [
        ("all", Expect::both(Verdict::Signs)),
        ("host *", Expect::both(Verdict::Signs)),
        ("originalhost *", Expect::both(Verdict::Signs)),
        ("host other,*", Expect::both(Verdict::Signs)),
        ("user alice", Expect::both(Verdict::Signs)),
        ("localuser alice", Expect::both(Verdict::Signs)),
        ("localuser a*,!albert", Expect::both(Verdict::Signs)),
        ("host * localuser alice", Expect::both(Verdict::Signs)),
        ("!localuser bob", Expect::both(Verdict::Signs)),
        ("host other", Expect::both(OFF)),
        ("host ?*", Expect::both(OFF)),
        ("!host *", Expect::both(OFF)),
        ("!all", Expect::both(OFF)),
        ("user bob", Expect::both(OFF)),
        ("localuser bob", Expect::both(OFF)),
        ("localuser Alice", Expect::both(OFF)),
        ("host * localuser bob", Expect::both(OFF)),
        // There is one pass, and it is not the final one.
        ("final all", Expect::both(OFF)),
        ("final", Expect::both(OFF)),
        ("canonical all", Expect::both(OFF)),
        // A program's word: never asked by ours, so such a block enables nothing.
        ("exec true", Expect::differ(OFF, Verdict::Signs)),
        ("exec \"exit 0\"", Expect::differ(OFF, Verdict::Signs)),
        ("exec false", Expect::both(OFF)),
    ] {
        assert_config(&lab, &format!("Match {criteria}\n    EnableSSHKeysign yes\n"), expect);
    }
}

/// What is not evaluated counts when it says no.
#[test]
fn a_block_that_a_program_would_decide_may_only_disable() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let text = |exec| format!("Match exec {exec}\nEnableSSHKeysign no\nMatch all\nEnableSSHKeysign yes\n");
    assert_config(&lab, &text("true"), Expect::both(OFF));
    assert_config(&lab, &text("false"), Expect::differ(OFF, Verdict::Signs));
    let other_host = "Match host other exec true\nEnableSSHKeysign no\nMatch all\nEnableSSHKeysign yes\n";
    assert_config(&lab, other_host, Expect::both(Verdict::Signs));
}

/// The caller's SHELL decides a `Match exec` for OpenSSH; ours runs nothing at all.
#[test]
fn match_exec_runs_nothing() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let marker = "/home/alice/ran";
    lab.set_owner("/home/alice", 5001, 5001);
    assert_config(
        &lab,
        &format!("EnableSSHKeysign yes\nMatch exec \"touch {marker}\"\nUser x\n"),
        Expect::both(Verdict::Signs),
    );
    assert_eq!(lab.path(marker).exists(), Expect::differ(false, true).here());
}

#[test]
fn included_files() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let folder = "/etc/ssh/ssh_config.d";
    let yes = "EnableSSHKeysign yes\n";
    lab.write(&format!("{folder}/10-yes.conf"), yes);
    lab.write(&format!("{folder}/20-no.conf"), "EnableSSHKeysign no\n");
    lab.write(&format!("{folder}/host.inc"), "Host other\nEnableSSHKeysign yes\n");
    for (text, verdict) in [
        ("Include /etc/ssh/ssh_config.d/*.conf\n", Verdict::Signs),
        ("Include ssh_config.d/*.conf\n", Verdict::Signs),
        ("Include ssh_config.d/10-yes.conf\n", Verdict::Signs),
        ("Include ssh_config.d/20-no.conf ssh_config.d/10-yes.conf\n", OFF),
        ("Include ssh_config.d/20-no.conf\nEnableSSHKeysign yes\n", OFF),
        ("Include ssh_config.d/none*\nEnableSSHKeysign yes\n", Verdict::Signs),
        ("Include ssh_config.d/none\n", OFF),
        ("Host other\nInclude ssh_config.d/10-yes.conf\n", OFF),
        ("Host *\nInclude ssh_config.d/10-yes.conf\n", Verdict::Signs),
        // A block does not go on behind the file that began it.
        ("Include ssh_config.d/host.inc\nEnableSSHKeysign yes\n", Verdict::Signs),
        ("Include ssh_config.d/host.inc\n", OFF),
    ] {
        assert_config(&lab, text, Expect::both(verdict));
    }
}

#[test]
fn included_files_that_others_may_write_or_that_cannot_be_read() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let file = "/etc/ssh/extra.conf";
    let bad_mode = Verdict::Refuses("Bad owner or permissions on /etc/ssh/extra.conf");
    for (owner, mode, verdict) in
        [(0, 0o644, Verdict::Signs), (0, 0o664, bad_mode), (0, 0o646, bad_mode), (5002, 0o644, bad_mode)]
    {
        lab.write(file, "EnableSSHKeysign yes\n");
        lab.set_owner(file, owner, 0);
        lab.set_mode(file, mode);
        assert_config(&lab, "Include /etc/ssh/extra.conf\n", Expect::both(verdict));
    }
    // A file of the caller's own, which only the administrator can have included: to ours it may only say no.
    lab.set_owner(file, 5001, 0);
    lab.set_mode(file, 0o644);
    assert_config(&lab, "Include /etc/ssh/extra.conf\n", Expect::differ(OFF, Verdict::Signs));
    lab.write(file, "EnableSSHKeysign no\n");
    assert_config(&lab, "Include /etc/ssh/extra.conf\nEnableSSHKeysign yes\n", Expect::both(OFF));
    lab.set_owner(file, 0, 0);
    lab.set_mode(file, 0o600);
    assert_config(&lab, "Include /etc/ssh/extra.conf\nEnableSSHKeysign yes\n", Expect::both(BAD_OPTION));
}

#[test]
fn includes_up_to_a_depth_of_16() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let chain = |files: usize| {
        for file in 1..files {
            lab.write(&format!("/etc/ssh/inc{file}"), format!("Include /etc/ssh/inc{}\n", file + 1));
        }
        lab.write(&format!("/etc/ssh/inc{files}"), "EnableSSHKeysign yes\n");
    };
    chain(16);
    assert_config(&lab, "Include /etc/ssh/inc1\n", Expect::both(Verdict::Signs));
    chain(17);
    let too_many = Verdict::Refuses("Too many recursive configuration includes");
    assert_config(&lab, "Include /etc/ssh/inc1\n", Expect::both(too_many));
    lab.write("/etc/ssh/self", "Include /etc/ssh/self\n");
    assert_config(&lab, "Include /etc/ssh/self\n", Expect::both(too_many));
}

/// Both name each wrong line, and both refuse for it wherever it stands.
#[test]
fn lines_that_are_not_understood() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let unknown = "Bad configuration option: nosuchoption";
    for (text, told) in [
        ("EnableSSHKeysign yes\nNoSuchOption yes\n", format!(": line 2: {unknown}")),
        ("NoSuchOption yes\nEnableSSHKeysign yes\n", format!(": line 1: {unknown}")),
        ("Host other\nNoSuchOption yes\nHost *\nEnableSSHKeysign yes\n", format!(": line 2: {unknown}")),
        ("IgnoreUnknown other\nNoSuchOption yes\nEnableSSHKeysign yes\n", format!(": line 2: {unknown}")),
        ("NoSuchOption yes\nIgnoreUnknown NoSuch*\nEnableSSHKeysign yes\n", format!(": line 1: {unknown}")),
        ("EnableSSHKeysign\n", " line 1: no argument after keyword \"enablesshkeysign\"".to_owned()),
        ("EnableSSHKeysign maybe\n", " line 1: unsupported option \"maybe\".".to_owned()),
        ("EnableSSHKeysign yes no\n", " line 1: keyword enablesshkeysign extra arguments at end of line".to_owned()),
    ] {
        lab.write(CONFIG, text);
        let answer = lab.ask(&Question::new(keys::ed25519(), "ssh-ed25519").frame());
        assert_eq!((answer.code, answer.stdout.len()), (Some(255), 0), "{text:?}: {answer:?}");
        assert_eq!(answer.lines(), [&format!("{CONFIG}{told}"), TERMINATING], "{text:?}");
    }
    for text in [
        "IgnoreUnknown NoSuch*\nNoSuchOption yes\nEnableSSHKeysign yes\n",
        "IgnoreUnknown other,nosuchoption\nNoSuchOption yes\nEnableSSHKeysign yes\n",
    ] {
        assert_config(&lab, text, Expect::both(Verdict::Signs));
    }
    assert_config(&lab, "EnableSSHKeysign yes\nMatch nosuchcriterion x\n", Expect::both(BAD_OPTION));
}

/// The file is read after the privileges are gone. OpenSSH does not look at its owner and mode; ours does.
#[test]
fn the_file_itself() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    let bad_mode = Expect::differ(Verdict::Refuses("Bad owner or permissions on /etc/ssh/ssh_config"), Verdict::Signs);
    for (owner, mode, expect) in [
        (0, 0o644, Expect::both(Verdict::Signs)),
        (0, 0o600, Expect::both(OFF)),
        (0, 0o664, bad_mode),
        (0, 0o646, bad_mode),
        (5001, 0o644, bad_mode),
        (5002, 0o644, bad_mode),
    ] {
        lab.write(CONFIG, "EnableSSHKeysign yes\n");
        lab.set_owner(CONFIG, owner, 0);
        lab.set_mode(CONFIG, mode);
        lab.assert_answer(&format_args!("{owner} {mode:o}"), &question, expect.here());
    }
    std::fs::remove_file(lab.path(CONFIG)).unwrap();
    lab.assert_answer(&"no file", &question, OFF);
}
