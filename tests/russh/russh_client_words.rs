//! The command line of `examples/russh_client`: what it does not understand, and that it says so.

use std::process::{Command, Output};

use crate::example::example;

fn client(words: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(example("russh_client")).args(words).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn a_wrong_word_is_named() {
    for (words, why) in [
        (&[][..], "the first word is the HOST"),
        (&["--key-file", "key"], "the first word is the HOST"),
        (&["@127.0.0.1", "id"], "\"@127.0.0.1\" has no user before its @"),
        (&["127.0.0.1:22x", "id"], "\"22x\" in \"127.0.0.1:22x\" is no port"),
        (&["127.0.0.1"], "there is no COMMAND"),
        (&["127.0.0.1", "--"], "there is no COMMAND"),
        (&["127.0.0.1", "--verbose", "id"], "there is no option \"--verbose\""),
        (&["127.0.0.1", "--key-file"], "--key-file needs a value"),
        (&["127.0.0.1", "--key-file", "a", "--helper", "b", "id"], "--helper or --key-file, not both"),
    ] {
        let (code, stdout, stderr) = client(words);
        assert_eq!((code, stdout), (Some(255), String::new()), "{words:?}: {stderr}");
        let mut lines = stderr.lines();
        assert_eq!(lines.next(), Some(format!("russh_client: {why}").as_str()), "{words:?}");
        assert!(lines.next().unwrap().starts_with("usage: russh_client "), "{stderr}");
    }
}

#[test]
fn the_command_begins_at_the_first_word_that_is_no_option() {
    // Nobody listens there: so far they all come, and no further.
    for words in
        [&["127.0.0.1:1", "--", "ls", "-l"][..], &["127.0.0.1:1", "ls", "-h"], &["127.0.0.1:1", "--", "--help"]]
    {
        let (code, _, stderr) = client(words);
        assert_eq!(code, Some(255));
        assert!(stderr.starts_with("russh_client: 127.0.0.1:1: Connection refused"), "{words:?}: {stderr}");
    }
}

#[test]
fn help_is_no_failure() {
    for word in ["--help", "-h"] {
        let (code, stdout, stderr) = client(&[word]);
        assert_eq!((code, stderr), (Some(0), String::new()));
        assert!(stdout.starts_with("usage: russh_client "), "{stdout}");
    }
}
