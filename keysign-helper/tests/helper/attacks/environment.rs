//! Environment and arguments: every bit of them is the caller's, and none of them changes the answer.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use super::attacker::{Attacker, compile};
use super::ground::{Ground, Outcome, as_nobody, feed};
use crate::lab::{NOBODY, Ours, Theirs};

/// Variables that a loader, a C library, an allocator, a resolver, a runtime or a cryptographic library obeys, set so that
/// obeying them would show.
fn hostile(library: &Path, folder: &Path) -> Vec<(&'static str, String)> {
    let (library, folder) = (library.display().to_string(), folder.display().to_string());
    let mut variables: Vec<(&'static str, String)> =
        ["LD_PRELOAD", "LD_AUDIT", "LD_PROFILE", "OPENSSL_CONF", "OPENSSL_MODULES", "GCONV_PATH", "SHELL", "PAGER"]
            .map(|name| (name, library.clone()))
            .into();
    let folders =
        ["LD_LIBRARY_PATH", "LOCPATH", "NLSPATH", "TMPDIR", "HOME", "PATH", "OPENSSL_ENGINES", "LD_ORIGIN_PATH"];
    variables.extend(folders.map(|name| (name, folder.clone())));
    let others = [
        ("LD_DEBUG", "all"),
        ("LD_DEBUG_OUTPUT", "/tmp/keysign-ld-debug"),
        ("LD_BIND_NOW", "1"),
        ("LD_SHOW_AUXV", "1"),
        ("LD_WARN", "1"),
        ("LD_VERBOSE", "1"),
        ("GLIBC_TUNABLES", "glibc.malloc.check=3:glibc.malloc.perturb=165:glibc.mem.tagging=3"),
        ("MALLOC_CHECK_", "3"),
        ("MALLOC_PERTURB_", "165"),
        ("MALLOC_TRACE", "/tmp/keysign-malloc-trace"),
        ("MALLOC_ARENA_MAX", "1"),
        ("RES_OPTIONS", "debug use-vc ndots:15 attempts:5"),
        ("LOCALDOMAIN", "evil.test"),
        ("HOSTALIASES", "/etc/hosts"),
        ("RESOLV_HOST_CONF", "/etc/shadow"),
        ("RESOLV_MULTI", "off"),
        ("NSS_DB_PATH", "/tmp"),
        ("NSS_WRAPPER_PASSWD", "/tmp/passwd"),
        ("GETCONF_DIR", "/tmp"),
        ("RUST_BACKTRACE", "full"),
        ("RUST_LIB_BACKTRACE", "1"),
        ("RUST_MIN_STACK", "18446744073709551615"),
        ("RUST_LOG", "trace"),
        ("OPENSSL_ia32cap", "~0x200000200000000"),
        ("OPENSSL_armcap", "0"),
        ("TZ", ":/etc/shadow"),
        ("TZDIR", "/tmp"),
        ("LANG", "tr_TR.UTF-8"),
        ("LC_ALL", "xx_XX"),
        ("LANGUAGE", "../../../../etc"),
        ("TERM", "\x1b[2J"),
        ("USER", "root"),
        ("LOGNAME", "root"),
        ("IFS", "/"),
        ("BASH_ENV", "/tmp/x"),
        ("SSH_ASKPASS", "/bin/false"),
        ("SSH_AUTH_SOCK", "/tmp/agent"),
        ("SYSTEMD_LOG_LEVEL", "debug"),
        ("NOTIFY_SOCKET", "/tmp/notify"),
        ("", "no name"),
    ];
    variables.extend(others.map(|(name, value)| (name, value.to_owned())));
    variables
}

/// What a run gives that signs, and one that refuses.
fn both(command: impl Fn() -> Command, ground: &Ground) -> [Output; 2] {
    [feed(&mut command(), &ground.frame()), feed(&mut command(), b"\0\0\0\x01\x02")]
}

/// A library that tells of itself: loaded by whom it may be loaded, it makes a file in the folder.
fn spy(ground: &Ground, folder: &Path) -> std::path::PathBuf {
    let library = ground.lab.etc("").with_file_name("spy.so");
    let source = format!(
        "#include <fcntl.h>\n__attribute__((constructor)) static void loaded(void) {{ open(\"{0}/loaded\", O_CREAT, 0600); }}\n\
         unsigned la_version(unsigned version) {{ open(\"{0}/loaded\", O_CREAT, 0600); return version; }}\n",
        folder.display()
    );
    compile(&library, &["-shared", "-fPIC"], &source);
    library
}

#[test]
fn no_variable_changes_the_answer() {
    let ground = needs_ground!("cc");
    let folder = ground.lab.etc("").with_file_name("spied");
    fs::create_dir(&folder).unwrap();
    std::os::unix::fs::chown(&folder, Some(NOBODY), None).unwrap();
    let library = spy(&ground, &folder);
    let loaded = || fs::remove_file(folder.join("loaded")).is_ok();
    ground.lab.inside(|| {
        let expected = both(|| ground.command(Ours), &ground);
        assert!(expected[0].status.success() && expected[1].status.code() == Some(255));
        let variables = hostile(&library, &folder);
        for (name, value) in &variables {
            let with = || {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "env", "-i"]);
                // In one word, for one has no name.
                command.arg(format!("{name}={value}")).arg(ground.helper(Ours));
                command
            };
            if !name.is_empty() {
                assert_eq!(both(with, &ground), expected, "{name}={value}");
            }
        }
        let all = || {
            let mut command = ground.command(Ours);
            command.envs(variables.iter().filter(|(name, _)| !name.is_empty()).map(|(name, value)| (name, value)));
            command
        };
        assert_eq!(both(all, &ground), expected);
        // The loader itself ends there, for it would have to answer instead of the program.
        for whose in [Ours, Theirs] {
            let mut command = ground.command(whose);
            let output = feed(command.env("LD_TRACE_LOADED_OBJECTS", "1"), &ground.frame());
            assert_eq!(output.status.code(), Some(5), "{whose:?}");
            assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{whose:?} {output:?}");
        }
        assert!(!loaded(), "a library of the caller's is loaded");
        // Unprivileged programs do load it.
        for variable in ["LD_PRELOAD", "LD_AUDIT"] {
            as_nobody(Command::new("/bin/true")).env(variable, &library).status().unwrap();
            assert!(loaded(), "{variable}");
        }
    });
}

/// As much as the kernel lets through (execve(2)).
#[test]
fn much_environment_and_many_arguments_change_nothing() {
    let ground = needs_ground!("cc");
    ground.lab.inside(|| {
        let expected = both(|| ground.command(Ours), &ground);
        // Room for both: a quarter of the stack's limit.
        let with_room = |command: &str| {
            let mut shell = ground.by_shell(Ours, &format!("ulimit -s 65536; {command}"));
            shell.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
            shell
        };
        let words = "for i in $(seq 20); do export V$i=$(printf %0110000d $i); done; exec \"$@\"";
        let environment = || with_room(words);
        assert_eq!(both(environment, &ground), expected, "2 MiB of environment");
        let many = || {
            let mut command = with_room("exec \"$@\" $(seq 100000)");
            command.env("A", "b");
            command
        };
        assert_eq!(both(many, &ground), expected, "100,000 arguments");
        for argument in ["--", "-v", "--help", "\x1b[2J", "-f", "/etc/shadow", "--version=1", ""] {
            let with = || {
                let mut command = ground.command(Ours);
                command.arg(argument).arg("--version");
                command
            };
            assert_eq!(both(with, &ground), expected, "{argument:?}");
        }
    });
}

/// The name is the caller's, too: it stands in the words of a refusal.
#[test]
fn any_name_or_none_is_shown_escaped() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        let refusal = |command: &mut Command| {
            let outcome = Outcome::of(&feed(command, b""), "a name");
            outcome.last_line().to_owned()
        };
        for (name, shown) in [
            (&b"\x1b]0;owned\x07\r\nroot# "[..], "\\x1b]0;owned\\x07\\x0d\\x0aroot# "),
            (b"\xff\xfe", "\\xff\\xfe"),
            (b"/usr/lib/openssh/ssh-keysign", "ssh-keysign"),
            (b"%s%n%999999d", "%s%n%999999d"),
            (b"", "keysign"),
        ] {
            let mut command = ground.command(Ours);
            assert_eq!(refusal(command.arg0(OsStr::from_bytes(name))), format!("{shown}: ssh_msg_recv failed"));
            assert!(Outcome::of(&feed(&mut command, &ground.frame()), "signs").is_signed());
        }
        let mut command = ground.command(Ours);
        let long = refusal(command.arg0("x".repeat(100_000)));
        assert!(long.len() < 128 && long.ends_with(": ssh_msg_recv failed"), "{}", long.len());
        // No arguments at all: the kernel makes one that is empty (before Linux 5.18, none).
        let unnamed = || {
            let mut command = as_nobody(Command::new(attacker.path()));
            command.arg("unnamed").arg(ground.helper(Ours));
            command
        };
        assert_eq!(refusal(&mut unnamed()), "keysign: ssh_msg_recv failed");
        assert!(Outcome::of(&feed(&mut unnamed(), &ground.frame()), "unnamed").is_signed());
    });
}
