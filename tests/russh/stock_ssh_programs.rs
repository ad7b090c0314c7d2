//! What runs behind a login: whose it is, what goes in and out, how it ends.

use std::io::Write;
use std::process::Stdio;

use crate::keys;
use crate::lab::{ALICE, CLIENT_ADDRESS, Lab, SERVER};
use crate::russh_server::Server;

fn serve(lab: &Lab) -> Server<'_> {
    lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[])
}

/// What the command prints for alice; it must succeed.
#[track_caller]
fn says(server: &Server<'_>, command: &str) -> String {
    let login = server.run(server.ssh(ALICE, ALICE, &[]).arg(command));
    assert_eq!(login.client.code, Some(0), "{login:?}");
    String::from_utf8(login.client.stdout).unwrap()
}

#[test]
fn a_command_is_the_accounts_own() {
    let lab = needs_root_and_sshd!();
    lab.write("/etc/group", format!("{}staff:x:5800:bob,alice\ncrew:x:5801:alice\n", lab.read("/etc/group")));
    let server = serve(&lab);
    let status = says(&server, "cat /proc/self/status");
    for line in [
        "Uid:\t5001\t5001\t5001\t5001\n",
        "Gid:\t5001\t5001\t5001\t5001\n",
        "Groups:\t5001 5800 5801 \n",
        "CapPrm:\t0000000000000000\n",
        "CapEff:\t0000000000000000\n",
        "SigBlk:\t0000000000000000\n",
    ] {
        assert!(status.contains(line), "{line} in {status}");
    }
    assert_eq!(says(&server, "id -un; id -gn; id -Gn"), "alice\nalice\nalice staff crew\n");
    assert_eq!(says(&server, "pwd; ls /proc/self/fd"), "/home/alice\n0\n1\n2\n3\n", "3 is ls's own");
    let environment = "HOME=/home/alice\nLOGNAME=alice\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD=/home/alice\n\
                       SHELL=/bin/sh\nUSER=alice\n";
    // What the client wishes for does not come in.
    let login = server.run(server.ssh(ALICE, ALICE, &["-o", "SetEnv=LD_PRELOAD=x LANG=C"]).arg("env | sort"));
    assert_eq!(login.client.text(), environment.trim(), "{login:?}");
    // Where he cannot go home, he is somewhere all the same.
    std::fs::remove_dir_all(lab.path("/home/alice")).unwrap();
    assert_eq!(says(&server, "pwd"), "/\n");
}

#[test]
fn how_a_command_ends() {
    let lab = needs_root_and_sshd!();
    let server = serve(&lab);
    let run = |command: &str| server.run(server.ssh(ALICE, ALICE, &[]).arg(command));
    for code in [0, 1, 7, 255] {
        assert_eq!(run(&format!("exit {code}")).client.code, Some(code));
    }
    // ssh says 255 of its own for a signal, and names it with -v.
    for signal in ["TERM", "KILL", "USR1", "SEGV"] {
        let login = run(&format!("kill -{signal} $$"));
        assert_eq!(login.client.code, Some(255), "{login:?}");
        assert!(login.client.stderr.contains("rtype exit-signal reply 0"), "{login:?}");
    }
    let login = run("echo out; echo err >&2; exit 3");
    assert_eq!((login.client.code, login.client.text()), (Some(3), "out".to_owned()), "{login:?}");
    assert!(login.client.lines().contains(&"err"), "{login:?}");
    let login = run("/no/such/program");
    assert_eq!(login.client.code, Some(127), "{login:?}");
}

#[test]
fn nothing_is_lost_and_nothing_piles_up() {
    let lab = needs_root_and_sshd!();
    let server = serve(&lab);
    let peak = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap()
    };
    says(&server, "true");
    let before = peak();

    // Out: 100 MB that end at once, and on both ways.
    let login = server.run(server.ssh(ALICE, ALICE, &["-o", "RekeyLimit=16M"]).arg("head -c 100000000 /dev/zero"));
    assert_eq!((login.client.code, login.client.stdout.len()), (Some(0), 100_000_000));
    assert!(login.client.stderr.matches("SSH2_MSG_NEWKEYS received").count() > 3, "{login:?}");
    let both = "head -c 3000000 /dev/zero | tr '\\0' o & head -c 3000000 /dev/zero | tr '\\0' e >&2; wait";
    let login = server.run(server.ssh(ALICE, ALICE, &["-q"]).arg(both));
    assert_eq!(login.client.stdout.len(), 3_000_000);
    assert_eq!(login.client.stderr.bytes().filter(|&byte| byte == b'e').count() / 1_000_000, 3);

    // In: what a program takes late, or not at all.
    let random: Vec<u8> = (0..20_000_000_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let fed = |command: &str| {
        let mut ssh = server.ssh(ALICE, ALICE, &["-q", "-o", "RekeyLimit=8M"]);
        let mut ssh = ssh.arg(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut pipe = ssh.stdin.take().unwrap();
        std::thread::scope(|scope| {
            // A program that has ended takes no more.
            scope.spawn(|| pipe.write_all(&random).map(|()| drop(pipe)));
            let output = ssh.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{command}");
            output.stdout
        })
    };
    assert_eq!(fed("sleep 1; cat | wc -c"), b"20000000\n");
    assert_eq!(fed("sleep 1; echo done"), b"done\n");
    // Both at once: the client's window for output opens behind what it sends.
    assert!(fed("sleep 1; cat") == random, "what comes back is not what was sent");
    // A program that says much and takes nothing meanwhile.
    assert_eq!(fed("head -c 20000000 /dev/zero; cat | wc -c >&2").len(), 20_000_000);
    let grown = peak() - before;
    assert!(grown < 24_000, "the server has grown by {grown} kB");
}

/// In a terminal that the test has made: `script` runs ssh in it.
fn on_a_terminal(lab: &Lab, script: &str) -> String {
    let ssh = format!("ssh -q -t alice@{SERVER}");
    let script = script.replace("SSH", &ssh);
    let mut command = lab.as_user(ALICE, "script");
    let output =
        command.args(["-qec", &script, "/dev/null"]).env("TERM", "vt220").stdin(Stdio::null()).output().unwrap();
    // The terminal shows a NUL that script(1) itself types.
    String::from_utf8(output.stdout).unwrap().replace('\r', "").replace("^@", "")
}

#[test]
fn a_command_on_a_terminal() {
    let lab = needs_root_and_sshd!();
    let _server = serve(&lab);
    let said = on_a_terminal(
        &lab,
        "stty rows 33 cols 101; SSH 'tty; stty size; echo $TERM; ls -l $(tty); exec 3</dev/tty && echo own'",
    );
    let lines: Vec<_> = said.lines().collect();
    let [terminal, size, kind, listed, own] = lines[..] else { panic!("{said}") };
    assert!(terminal.starts_with("/dev/pts/"), "{said}");
    assert_eq!((size, kind, own), ("33 101", "vt220", "own"), "{said}");
    assert!(listed.starts_with("crw") && listed.contains("--- 1 alice "), "{said}");
}

#[test]
fn a_shell_on_a_terminal() {
    let lab = needs_root_and_sshd!();
    let _server = serve(&lab);
    // A login shell, which says so itself, and ends as it likes.
    let said = on_a_terminal(&lab, "(sleep 1; echo 'echo \"is $0\"; exit 5') | SSH -tt; echo code $?");
    assert!(said.contains("is -sh\n") && said.ends_with("code 5\n"), "{said}");
}

#[test]
fn a_terminal_that_changes_its_size() {
    let lab = needs_root_and_sshd!();
    let _server = serve(&lab);
    let wait = "trap 'stty size; exit 0' WINCH; echo ready; for i in $(seq 400); do sleep 0.05; done; echo never";
    let change = "while ! grep -q ready ~/said; do sleep 0.05; done; stty rows 44 cols 102 </dev/tty";
    let script =
        format!("touch ~/said; stty rows 33 cols 101; ({change}) & SSH \"{}\" | tee ~/said", wait.replace('$', "\\$"));
    assert_eq!(on_a_terminal(&lab, &script), "ready\n44 102\n");
}

#[test]
fn a_terminal_loses_nothing_at_the_end_and_hangs_up_on_what_is_left() {
    let lab = needs_root_and_sshd!();
    let server = serve(&lab);
    let login = server.run(server.ssh(ALICE, ALICE, &["-q", "-tt"]).arg("seq 1 200000; sleep 98765 &"));
    let lines = String::from_utf8(login.client.stdout.clone()).unwrap();
    assert_eq!((login.client.code, lines.lines().count()), (Some(0), 200_000));
    assert_eq!(lines.lines().last(), Some("200000"));
    assert!(!says(&server, "cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '").contains("sleep 98765"));
}

#[test]
fn what_there_is_not() {
    let lab = needs_root_and_sshd!();
    let server = serve(&lab);
    let login = server.run(server.ssh(ALICE, ALICE, &["-s"]).arg("sftp"));
    assert_eq!((login.client.code, login.client.text()), (Some(255), String::new()), "{login:?}");
    assert!(login.client.stderr.contains("subsystem request failed on channel 0"), "{login:?}");
    let login = server.run(&mut server.ssh(ALICE, ALICE, &["-W", "localhost:22"]));
    assert!(login.client.stderr.contains("open failed: "), "{login:?}");
}

/// The interpreter of the account's shell is not there.
#[test]
fn a_shell_that_cannot_be_started() {
    let lab = needs_root_and_sshd!();
    lab.write_with_mode("/run/lab/shell", "#!/nonexistent\n", 0o755);
    let passwd = lab.read("/etc/passwd");
    let lines = passwd.lines().map(|line| match line.rsplit_once(':') {
        Some((start, _)) if line.starts_with("alice:") => format!("{start}:/run/lab/shell\n"),
        _ => format!("{line}\n"),
    });
    lab.write("/etc/passwd", lines.collect::<String>());
    let login = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]).log_in(ALICE, ALICE, &[]);
    assert_eq!(login.hostbased(), ["accepted accepted"], "{login:?}");
    assert_eq!((login.client.code, login.client.text()), (Some(255), String::new()), "{login:?}");
    let told =
        "a program cannot be started address=\"10.77.0.1\" user=\"alice\" program=\"/run/lab/shell\" error=No such";
    assert!(login.log.contains(told), "{login:?}");
}
