//! The grammar of a line.

use super::*;

fn bad(problem: LineProblem) -> LineContent {
    LineContent::Bad(problem)
}

#[test]
fn empty_lines_and_comments() {
    for blank in ["\n", " \t\n", "\r\n", "\x0b\x0c\r\n", " "] {
        assert_eq!(content(blank), LineContent::Blank, "{blank:?}");
    }
    for comment in ["#", "# node1\n", " \t#node1\n"] {
        assert_eq!(content(comment), LineContent::Comment, "{comment:?}");
    }
    // Only blanks and tabs are skipped before the look at the first character.
    assert_eq!(content("\r#node1\n"), entry(name("#node1"), None));
    assert_eq!(content("\x0b# node1\n"), entry(name("#"), Some(name("node1"))));
}

#[test]
fn no_plus_is_skipped_with_all_that_follows() {
    for line in ["NO_PLUS", "NO_PLUS\n", " \tNO_PLUS node1\n", "NO_PLUS-x\n", "NO_PLUSnode1 a b c\n"] {
        assert_eq!(content(line), LineContent::NoPlus, "{line:?}");
    }
    assert_eq!(content("no_plus\n"), entry(name("no_plus"), None));
    assert_eq!(content("NO_PLU\n"), entry(name("NO_PLU"), None));
    assert_eq!(content("\rNO_PLUS\n"), entry(name("NO_PLUS"), None));
    assert_eq!(content("node1 NO_PLUS\n"), entry(name("node1"), Some(name("NO_PLUS"))));
}

#[test]
fn one_field_is_a_host_and_two_are_host_and_user() {
    for line in ["node1", "node1\n", "node1\r\n", " \tnode1 \t\n", "\x0cnode1\x0b\n"] {
        assert_eq!(content(line), entry(name("node1"), None), "{line:?}");
    }
    for line in ["node1 alice", "node1\talice\r\n", "node1\ralice\n", "node1\x0balice\n", "\x0cnode1 \x0c alice \n"] {
        assert_eq!(content(line), entry(name("node1"), Some(name("alice"))), "{line:?}");
    }
    // Other bytes separate nothing.
    assert_eq!(
        content(b"node1\xa0alice".as_slice()),
        LineContent::Entry(Entry {
            host: Field { negative: false, who: Who::Name(b"node1\xa0alice".to_vec()) },
            user: None,
        })
    );
}

#[test]
fn three_fields_are_garbage() {
    for line in ["node1 # note\n", "node1 alice # note\n", "a b c", "a b c d", "node1 alice #"] {
        assert_eq!(content(line), bad(LineProblem::Garbage), "{line:?}");
    }
    assert_eq!(content("node1 #note\n"), entry(name("node1"), Some(name("#note"))));
    assert_eq!(content("node1 #\n"), entry(name("node1"), Some(name("#"))));
    assert_eq!(content("node1#note\n"), entry(name("node1#note"), None));
    // Wild names are not looked at in garbage.
    assert_eq!(content("+ + +"), bad(LineProblem::Garbage));
}

#[test]
fn one_sign_is_taken_off_and_no_more() {
    let negative = |text: &str| Field { negative: true, ..name(text) };
    let group = |negative, text: &str| Field { negative, who: Who::Netgroup(text.into()) };
    for (line, host) in [
        ("-node1", negative("node1")),
        ("+node1", name("node1")),
        ("-+node1", negative("+node1")),
        ("+-node1", name("-node1")),
        ("--node1", negative("-node1")),
        ("@cluster", group(false, "cluster")),
        ("+@cluster", group(false, "cluster")),
        ("-@cluster", group(true, "cluster")),
        ("@-cluster", group(false, "-cluster")),
        ("-+@cluster", negative("+@cluster")),
        ("!node1", name("!node1")),
    ] {
        assert_eq!(content(line), entry(host.clone(), None), "{line}");
        let document = Document::parse(format!("node1 {line}").as_bytes());
        let (_, entry) = document.entries().next().unwrap();
        assert_eq!((entry.host(), entry.user()), (&name("node1"), Some(&host)), "{line} as user");
    }
}

#[test]
fn wild_names_are_ignored() {
    for line in ["+", "-", "+ alice", "- alice", "+ +", "- -alice"] {
        assert_eq!(content(line), bad(LineProblem::AnyHost), "{line}");
    }
    for line in ["node1 +", "node1 -", "-node1 +", "@g -"] {
        assert_eq!(content(line), bad(LineProblem::AnyUser), "{line}");
    }
    for line in ["@", "+@", "-@", "node1 @", "node1 -@"] {
        assert_eq!(content(line), bad(LineProblem::EmptyNetgroup), "{line}");
    }
}

#[test]
fn a_nul_ends_the_line() {
    assert_eq!(content("node1\0 x y\n"), entry(name("node1"), None));
    assert_eq!(content("node1 alice\0x\n"), entry(name("node1"), Some(name("alice"))));
    assert_eq!(content("\0node1\n"), LineContent::Blank);
    assert_eq!(content("#\0\n"), LineContent::Comment);
    let document = Document::parse(b"\0a\nb\n");
    assert_eq!(document.entries().map(|(line, _)| line).collect::<Vec<_>>(), [2]);
}

#[test]
fn long_lines_are_read_in_pieces_of_1023_bytes() {
    // The tail of a long comment is an entry.
    let comment = |length: usize| format!("#{}", "x".repeat(length - 1));
    assert_eq!(pieces(format!("{}node1\n", comment(1023))), [LineContent::Comment, entry(name("node1"), None)]);
    assert_eq!(pieces(format!("{}node1\n", comment(1022))), [LineContent::Comment, entry(name("ode1"), None)]);
    // The line end counts.
    assert_eq!(pieces(format!("{}\n", comment(1022))), [LineContent::Comment]);
    assert_eq!(pieces(format!("{}\n", comment(1023))), [LineContent::Comment, LineContent::Blank]);
    assert_eq!(pieces(comment(1023)), [LineContent::Comment]);
    // A name is cut in two; a NUL hides the rest of its piece only.
    let cut = format!("{}node1\n", " ".repeat(1021));
    assert_eq!(pieces(cut), [entry(name("no"), None), entry(name("de1"), None)]);
    let hidden = format!("\0{}node1\n", "x".repeat(1022));
    assert_eq!(pieces(hidden), [LineContent::Blank, entry(name("node1"), None)]);
    let three = format!("{}{}\n", comment(1023), " ".repeat(1017) + "node1 -node2");
    let user = Field { negative: true, ..name("node2") };
    assert_eq!(pieces(&three).len(), 3);
    assert_eq!(pieces(three)[1..], [entry(name("node1"), None), entry(user, None)]);
}

#[test]
fn problems_come_with_their_line_numbers() {
    let long = format!("a\n{}x y z\n+\n", " ".repeat(1023));
    let problems: Vec<_> = Document::parse(long.as_bytes()).problems().collect();
    assert_eq!(problems, [(2, LineProblem::Garbage), (3, LineProblem::AnyHost)]);
}
