//! Each stage in a process of its own: there is no way back out of one.

use super::*;

/// Runs the test of this name again, alone, in a process of its own, with this word in the environment; its output.
fn in_a_process(test: &str, word: &str) -> std::process::Output {
    std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "--test-threads=1", test])
        .env(CHILD, word)
        .output()
        .unwrap()
}

/// Says what a child process does.
const CHILD: &str = "KEYSIGN_TEST_SANDBOX";

#[test]
fn both_stages_are_entered() {
    const NAME: &str = "sandbox::tests::both_stages_are_entered";
    if std::env::var_os(CHILD).is_some() {
        let user = RealUser::drop_privileges().unwrap();
        let stage_one = begin().unwrap().confine(&user).unwrap();
        assert_eq!(stage_one.missing().to_string(), "full");
        assert!(std::fs::File::open("/etc/passwd").is_ok());
        let _stage_two = stage_one.seal(&Outputs { sent_to: &[], written_to: &[] }).unwrap();
        nix::unistd::write(std::io::stdout(), b"sealed").unwrap();
        std::process::exit(7);
    }
    let output = in_a_process(NAME, "both");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.code() == Some(7) && text.ends_with("sealed"), "{output:?}");
}
