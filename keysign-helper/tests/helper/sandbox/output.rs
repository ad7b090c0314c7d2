//! A file as standard output, and the caller's limit on files.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use hostbased::wire::{FRAME_HEADER_BYTES, HelperReply};

use crate::attacks::ground::{Ground, as_nobody};
use crate::lab::{Ours, Theirs, Whose};

/// Runs the helper with its output going to a file; the file's bytes, and how it ended.
fn into_a_file(ground: &Ground, whose: Whose, limit: &str) -> (Vec<u8>, std::process::Output) {
    let file = ground.lab.etc("").with_file_name("output");
    let mut shell = as_nobody(std::process::Command::new("sh"));
    let script = format!("{limit}exec \"$0\"");
    shell.args(["-c", &script]).arg(ground.helper(whose)).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.stdout(fs::File::create(&file).unwrap()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&ground.frame()).unwrap();
    let output = child.wait_with_output().unwrap();
    (fs::read(&file).unwrap(), output)
}

#[test]
fn a_file_takes_the_reply_and_a_limit_on_files_is_a_refusal() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let (reply, output) = into_a_file(&ground, Ours, "");
        assert!(output.status.success(), "{output:?}");
        assert!(HelperReply::parse(&reply[FRAME_HEADER_BYTES..]).is_ok());
        for limit in ["ulimit -f 0; ", "trap '' XFSZ; ulimit -f 0; "] {
            let (reply, output) = into_a_file(&ground, Ours, limit);
            assert_eq!((output.status.code(), reply.len()), (Some(255), 0), "{limit} {output:?}");
            let text = "ssh-keysign: write: File too large\r\nssh-keysign: ssh_msg_send failed\r\n";
            assert_eq!(String::from_utf8_lossy(&output.stderr), text, "{limit}");
        }
        // OpenSSH's ends by the signal.
        let (_, output) = into_a_file(&ground, Theirs, "ulimit -f 0; ");
        assert_eq!(output.status.code(), None, "{output:?}");
    });
}
