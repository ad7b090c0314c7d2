//! The helper starts nothing. OpenSSH's once ran a program of its own, with the keys open (CVE-2011-4327: ssh-rand-helper),
//! and runs the caller's shell for `Match exec` still.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Command;

use super::attacker::compile;
use super::ground::{Ground, Outcome, feed};
use super::trace;
use crate::lab::{NOBODY, Ours, Theirs, Whose};

/// The calls of a run that make a process, or another program of one.
fn starts(ground: &Ground, whose: Whose, input: &[u8]) -> Vec<String> {
    let traced = trace::run(ground, whose, &[], &[], input);
    let lines = trace::lines(&traced.text, ground.helper(whose));
    // The first line is the start of the helper itself.
    let starts = ["fork", "vfork", "clone", "clone3", "execve", "execveat"];
    lines.iter().skip(1).filter(|line| starts.contains(&line.name)).map(|line| format!("{line:?}")).collect()
}

#[test]
fn no_process_is_started_whatever_the_configuration_says() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        for (config, theirs_starts) in [
            ("EnableSSHKeysign yes\n", false),
            ("Match exec \"true\"\n EnableSSHKeysign yes\n", true),
            ("Match localuser nobody exec true\n EnableSSHKeysign yes\n", true),
            ("EnableSSHKeysign yes\nProxyCommand touch /tmp/x\nLocalCommand true\nPermitLocalCommand yes\n", false),
            ("EnableSSHKeysign yes\nKnownHostsCommand /bin/true\nPKCS11Provider /tmp/x.so\n", false),
        ] {
            ground.lab.write("ssh_config", config);
            for input in [&ground.frame()[..], b""] {
                assert_eq!(starts(&ground, Ours, input), [""; 0], "{config}");
                assert_eq!(!starts(&ground, Theirs, input).is_empty(), theirs_starts, "{config}");
            }
        }
    });
}

/// `SHELL` is the caller's: his program says whether the administrator's line counts.
#[test]
fn match_exec_does_not_ask_the_callers_shell() {
    let ground = needs_ground!();
    let folder = ground.lab.etc("").with_file_name("shell");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(NOBODY), None).unwrap();
    let (shell, asked) = (folder.join("shell"), folder.join("asked"));
    fs::write(&shell, format!("#!/bin/sh\n: > {}\nexit 0\n", asked.display())).unwrap();
    fs::set_permissions(&shell, Permissions::from_mode(0o755)).unwrap();
    // The administrator's word is no.
    ground.lab.write("ssh_config", "Match exec false\n EnableSSHKeysign yes\n");
    ground.lab.inside(|| {
        for (whose, signs) in [(Ours, false), (Theirs, true)] {
            let mut command = ground.command(whose);
            let outcome = Outcome::of(&feed(command.env("SHELL", &shell), &ground.frame()), "its own shell");
            assert_eq!(outcome.is_signed(), signs, "{whose:?} {outcome:?}");
            assert_eq!(fs::remove_file(&asked).is_ok(), signs, "{whose:?}");
        }
        // Without it, OpenSSH's helper hears the no as well.
        let outcome = ground.ask(Theirs, &ground.frame());
        assert_eq!(outcome.last_line(), "ssh-keysign not enabled in /etc/ssh/ssh_config");
    });
}

/// What is freed is overwritten (mallopt(3), M_PERTURB), so that using it shows; freeing twice ends the process anyway.
fn with_checks(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("GLIBC_TUNABLES", "glibc.malloc.perturb=165");
    command
}

#[test]
fn a_double_free_would_be_seen() {
    let ground = needs_ground!("cc");
    let program = ground.lab.etc("").with_file_name("freed");
    let ends = |body: &str| {
        let source = format!("#include <stdlib.h>\nint main(void) {{ char *volatile a = malloc(5000); {body} }}");
        compile(&program, &["-w"], &source);
        let status = with_checks(&program).stderr(std::process::Stdio::null()).status().unwrap();
        (status.code(), status.signal())
    };
    assert_eq!(ends("a[3000] = 1; free(a); return 0;"), (Some(0), None));
    assert_eq!(
        ends("a[3000] = 1; free(a); return (unsigned char)a[3000];"),
        (Some(165), None),
        "used after it was freed"
    );
    assert_eq!(ends("free(a); free(a); return 0;"), (None, Some(6)), "freed twice");
}

/// A double free on an error path (OpenSSH, 2022) shows where the allocator looks for one: each way out of ours. By root
/// himself, for nothing of the environment counts for anybody else.
#[test]
fn every_way_out_passes_the_allocators_checks() {
    let ground = needs_ground!();
    let config = |text| ground.lab.write("ssh_config", text);
    ground.lab.inside(|| {
        let data = ground.data();
        let mut inputs: Vec<Vec<u8>> = (0..data.len()).map(|length| super::ground::framed(&data[..length])).collect();
        inputs.extend([
            vec![],
            b"\0\0\0\x01\x01".to_vec(),
            b"\0\0\0\x09\x02\0\0\0\x02\0\0\0\0".to_vec(),
            ground.frame(),
        ]);
        let checked = |input: &[u8]| {
            let mut command = with_checks(ground.helper(Ours));
            let case = format!("{input:?}");
            let outcome = Outcome::of(&feed(&mut command, input), &case);
            assert!(matches!(outcome, Outcome::Refused(_)), "root is not the user who asks: {case}: {outcome:?}");
        };
        inputs.iter().step_by(3).for_each(|input| checked(input));
        for text in
            ["", "Match exec x\n", "NoSuchOption\n", "Include /etc/ssh/*\n", "Match\n", "Host\n", "Include \"\n"]
        {
            config(text);
            checked(&ground.frame());
        }
    });
}
