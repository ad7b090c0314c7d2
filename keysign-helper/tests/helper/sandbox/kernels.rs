//! Kernels that lack a protection, or refuse it, played by strace(1).

use crate::attacks::ground::{Ground, Outcome};
use crate::attacks::trace;
use crate::lab::Ours;

/// What comes of a run in which these calls fail.
fn outcome(ground: &Ground, faults: &[&str]) -> Outcome {
    let faults: Vec<String> = faults.iter().map(|fault| format!("inject={fault}")).collect();
    let options: Vec<&str> = faults.iter().flat_map(|fault| ["-e", fault]).collect();
    Outcome::of(&trace::run(ground, Ours, &options, &[], &ground.frame()).output, &faults.join(" "))
}

const STRICT: &str = "StrictSandbox yes\n";

#[test]
fn a_kernel_without_a_protection_signs_unless_the_sandbox_is_to_be_strict() {
    let ground = needs_ground!("strace");
    let cases: [(&[&str], &str); 10] = [
        (&[], "full"),
        (&["landlock_create_ruleset:error=ENOSYS"], "without:landlock"),
        (&["landlock_create_ruleset:error=EOPNOTSUPP"], "without:landlock"),
        (&["seccomp:error=EINVAL"], "without:seccomp"),
        (&["timer_create:error=ENOSYS"], "without:deadline"),
        // SELinux, for hard limits: the first two of a run are std's own, then comes that of core dumps.
        (&["prlimit64:error=EACCES:when=3..4"], "without:limits"),
        (&["prlimit64:error=EACCES:when=4"], "without:limits"),
        (&["mlock:error=ENOMEM"], "without:key-memory"),
        // The fourth prctl of a run.
        (&["prctl:error=EINVAL:when=4"], "without:no-new-privs"),
        (
            &["landlock_create_ruleset:error=ENOSYS", "seccomp:error=ENOSYS", "timer_create:error=EAGAIN"],
            "without:deadline,landlock,seccomp",
        ),
    ];
    ground.lab.inside(|| {
        for (faults, missing) in cases {
            let _ = std::fs::remove_file(ground.lab.etc("keysign.conf"));
            assert!(outcome(&ground, faults).is_signed(), "{faults:?}");
            ground.lab.write("keysign.conf", STRICT);
            let strict = outcome(&ground, faults);
            if missing == "full" {
                assert!(strict.is_signed(), "{strict:?}");
            } else {
                let text = format!("StrictSandbox in /etc/ssh/keysign.conf, and a protection is missing: {missing}");
                assert!(strict.last_line().ends_with(&text), "{faults:?}: {strict:?}");
            }
        }
    });
}

/// The first prctl of a run asks what the kernel gave to a set-uid program.
#[test]
fn a_machine_that_lets_everybody_trace_set_uid_programs_gets_no_signature() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        let text = "cannot be safe where fs.suid_dumpable is 1: Operation not permitted";
        let refused = outcome(&ground, &["prctl:retval=1:when=1"]);
        assert!(refused.last_line().ends_with(text), "{refused:?}");
        assert!(outcome(&ground, &["prctl:retval=2:when=1"]).is_signed());
    });
}

#[test]
fn a_protection_that_the_kernel_has_and_refuses_is_an_error() {
    let ground = needs_ground!("strace");
    ground.lab.inside(|| {
        for (fault, text) in [
            ("timer_create:error=EINVAL", "cannot set a deadline: Invalid argument"),
            ("timer_settime:error=EINVAL", "cannot set a deadline: Invalid argument"),
            ("landlock_add_rule:error=EINVAL", "cannot restrict access to files: Invalid argument"),
            ("landlock_restrict_self:error=E2BIG", "cannot restrict access to files: Argument list too long"),
            ("landlock_restrict_self:error=EPERM:when=2", "cannot restrict access to files: Operation not permitted"),
            ("seccomp:error=EACCES", "cannot forbid system calls: Permission denied"),
            // What stage one got, stage two cannot lack.
            ("seccomp:error=EINVAL:when=2", "cannot forbid system calls: Function not implemented"),
        ] {
            let counted = || std::fs::read(ground.lab.run("keysign.unlogged")).unwrap_or_default();
            let before = counted();
            let refused = outcome(&ground, &[fault]);
            assert!(refused.last_line().ends_with(text), "{fault}: {refused:?}");
            // There is a line of it, which nobody takes here, unless it still had its privileges.
            assert_eq!(counted() != before, !fault.starts_with("timer_"), "{fault}");
        }
    });
}
