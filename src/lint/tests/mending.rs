//! What is mended, and that everything else keeps its bytes.

use super::*;

/// Both files after mending; with what admits, or without.
fn mended(known_hosts: &str, shosts: &str, admitting: bool) -> (String, String) {
    let files = files(known_hosts, shosts);
    let inputs = Inputs::of_files(&files, None);
    let mended = mend(&inputs, |finding| admitting || !finding.fix.as_ref().unwrap().admits);
    let text =
        |rewritten: Option<Rewritten>, old: Vec<u8>| String::from_utf8(rewritten.map_or(old, |new| new.bytes)).unwrap();
    let known_hosts = text(mended.known_hosts, files.known_hosts.to_bytes());
    let known_hosts = [("{ed}", ed()), ("{other}", other())]
        .into_iter()
        .fold(known_hosts, |text, (name, key)| text.replace(&key.to_line(), name));
    (known_hosts, text(mended.shosts, files.shosts.to_bytes()))
}

fn shosts(text: &str, admitting: bool) -> String {
    mended("", text, admitting).1
}

#[test]
fn what_admits_is_mended_only_when_it_is_asked_for() {
    for (text, safe, admitting) in [
        ("node1 # x\n", "node1 # x\n", "# x\nnode1\n"),
        ("-node1 # x\n@g", "# x\n-node1\n@g", "# x\n-node1\n@g"),
        ("node1 #x", "node1 #x", "#x\nnode1"),
        ("node1\n-node1\n", "-node1\nnode1\n", "-node1\nnode1\n"),
        ("node1\nnode2\n-node1", "-node1\nnode1\nnode2\n", "-node1\nnode1\nnode2\n"),
        ("a\r\nb\r\n", "a\nb\n", "a\nb\n"),
        ("a\na\nb", "a\nb", "a\nb"),
        ("node1,10.0.0.1\n", "node1,10.0.0.1\n", "node1\n10.0.0.1\n"),
        ("-a,b x # y\r\n@g\r\n", "# y\n-a,b x\n@g\n", "# y\n-a x\n-b x\n@g\n"),
        ("+\n+ +\nnode1\n", "node1\n", "node1\n"),
        ("[FD77::1]:22\n", "[FD77::1]:22\n", "fd77::1\n"),
        ("\u{feff}# x\nnode1\n", "# x\nnode1\n", "# x\nnode1\n"),
        (" odd \t# kept\n\n# too\nnode1", " odd \t# kept\n\n# too\nnode1", "# kept\n odd\n\n# too\nnode1"),
    ] {
        assert_eq!(shosts(text, false), safe, "{text:?}");
        assert_eq!(shosts(text, true), admitting, "{text:?}");
        // A second time nothing is left to do.
        assert_eq!(shosts(safe, false), safe, "{text:?}");
        assert_eq!(shosts(admitting, true), admitting, "{text:?}");
    }
}

#[test]
fn a_long_comment_becomes_lines_that_are_comments() {
    let long = format!("{}node1 and so on\n", "#".repeat(1023));
    let mended = shosts(&long, false);
    assert_eq!(mended, format!("{}\n# node1 and so on\n", "#".repeat(1023)));
    assert_eq!(found_in_equiv(&mended, None), [""; 0]);
}

#[test]
fn known_hosts_is_mended_too() {
    let known = |text: &str, admitting| mended(text, "", admitting).0;
    for (text, safe, admitting) in [
        ("@revoked\tnode1 {ed}\n", "@revoked node1 {ed}\n", "@revoked node1 {ed}\n"),
        ("@REVOKED  *\t{ed} x\n", "@revoked *\t{ed} x\n", "@revoked *\t{ed} x\n"),
        ("node1. {ed}\n", "node1. {ed}\n", "node1 {ed}\n"),
        ("@cert-authority\t*.test {ed}\n", "@cert-authority\t*.test {ed}\n", "@cert-authority *.test {ed}\n"),
        ("a {ed}\na {ed}\nb {other}", "a {ed}\nb {other}", "a {ed}\nb {other}"),
        ("@revoked * {ed}\nnode1 {ed}\n# x\n", "@revoked * {ed}\n# x\n", "@revoked * {ed}\n# x\n"),
    ] {
        assert_eq!(known(text, false), safe, "{text:?}");
        assert_eq!(known(text, true), admitting, "{text:?}");
    }
    let line = format!("node1 {}", ed().to_line());
    let broken = format!("{}\n{}\nnode2 {{other}}\n", &line[..50], &line[50..]);
    assert_eq!(known(&broken, false), broken);
    assert_eq!(known(&broken, true), "node1 {ed}\nnode2 {other}\n");
    let revoked = format!("@revoked {broken}");
    assert_eq!(known(&revoked, false), "@revoked node1 {ed}\nnode2 {other}\n");
}

#[test]
fn the_changes_name_their_lines() {
    let files = files("", "node1\n# x\n-node1\na\na\n");
    let mended = mend(&Inputs::of_files(&files, None), |_| true);
    let changes = mended.shosts.unwrap().changes;
    let line = |line, old: Option<&str>, new: &[&str]| RewrittenLine {
        line,
        old: old.map(|old| old.as_bytes().to_vec()),
        new: new.iter().map(|new| new.as_bytes().to_vec()).collect(),
    };
    assert_eq!(changes, [line(1, None, &["-node1"]), line(3, Some("-node1"), &[]), line(5, Some("a"), &[])]);
    assert_eq!(
        mended.findings.iter().map(|finding| finding.code).collect::<Vec<_>>(),
        [Code::DenialTooLate, Code::DuplicateLine]
    );
    assert_eq!(mended.known_hosts, None);
}

#[test]
fn a_line_can_be_put_behind_all_others() {
    for (text, new) in [("", "x\n"), ("a\n", "a\nx\n"), ("a", "a\nx\n")] {
        let document = crate::shosts::Document::parse(text.as_bytes());
        let before = document.lines().count() + 1;
        let rewritten = rewrite(&document, &[Edit::Insert { before, new: b"x".to_vec() }]).unwrap();
        assert_eq!(rewritten.bytes, new.as_bytes());
        assert_eq!(rewritten.changes, [RewrittenLine { line: before, old: None, new: vec![b"x".to_vec()] }]);
    }
}
