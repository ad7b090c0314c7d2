//! The grammar of a line.

use super::*;
use crate::key::{BaseType, KeyError, KeyLineError, KeyType, encode_base64};
use crate::wire::MAX_KEY_BYTES;

#[test]
fn lines_have_no_greatest_length() {
    let names = "node1,".repeat(200_000);
    let file = format!("{names}x {}\nnode2 {}\n", text(ED25519), text(CA));
    let document = Document::parse(file.as_bytes());
    assert_eq!(document.entries().map(|(line, _)| line).collect::<Vec<_>>(), [1, 2]);
    assert!(document.entries().next().unwrap().1.matches(b"x"));
}

#[test]
fn a_nul_ends_what_the_line_says_and_stays_in_the_file() {
    let line = [format!("node1 {} c", text(ED25519)).as_bytes(), b"\0more\n"].concat();
    assert_eq!(entry(&line).comment(), b"c");
    assert_eq!(Document::parse(&line).to_bytes(), line);
    assert_eq!(content(b"\0node1 ssh-ed25519 AAAA\n"), LineContent::Blank);
    assert_eq!(problem([b"node1\0 ", text(ED25519).as_bytes()].concat()), LineProblem::Truncated);
    // The next line is a line again.
    let two = [b"# \0\n".to_vec(), line].concat();
    assert_eq!(Document::parse(&two).entries().next().unwrap().0, 2);
}

#[test]
fn carriage_returns_are_harmless_behind_a_key_or_a_comment() {
    assert_eq!(entry(format!("node1 {}\r\n", text(ED25519))).key(), &key(ED25519));
    assert_eq!(entry(format!("node1 {} me\r\n", text(ED25519))).comment(), b"me");
    // White space inside the base64, which the decoder skips, but for what separates fields.
    let (front, back) = base64(ED25519).split_at(20);
    assert_eq!(entry(format!("node1 ssh-ed25519 {front}\r\x0b\x0c{back}")).key(), &key(ED25519));
    assert!(matches!(problem(format!("node1 ssh-ed25519 {front}\t{back}")), LineProblem::Key(KeyLineError::Key(_))));
    // In front of the key they are part of a field.
    assert_eq!(problem("\r\n"), LineProblem::Truncated);
    assert_eq!(
        problem(format!("node1 ssh-ed25519\r {}", base64(ED25519))),
        LineProblem::Key(unknown("ssh-ed25519\\x0d"))
    );
    assert!(!entry(format!("node1\r {}", text(ED25519))).matches(b"node1"));
}

fn unknown(name: &str) -> KeyLineError {
    KeyLineError::UnknownType(name.to_owned())
}

#[test]
fn blanks_and_tabs_in_front_are_skipped_and_separate_fields() {
    let line = format!(" \t node1 \t ssh-ed25519\t \t{} \t a b\t", base64(ED25519));
    let entry = entry(&line);
    assert_eq!(entry.key(), &key(ED25519));
    assert_eq!(entry.comment(), b"a b");
    assert_eq!(entry.hosts(), &Hosts::Patterns(b"node1".to_vec()));
    assert_eq!(entry.marker(), None);
    // Any other white space belongs to the field.
    let vertical = super::entry(format!("\x0bnode1 {}", text(ED25519)));
    assert_eq!(vertical.hosts(), &Hosts::Patterns(b"\x0bnode1".to_vec()));
}

#[test]
fn empty_lines_and_comments() {
    for blank in ["\n", " ", "\t \t\n"] {
        assert_eq!(content(blank), LineContent::Blank, "{blank:?}");
    }
    for comment in ["#", "# x\n", " \t#node1 ssh-ed25519 AAAA\n"] {
        assert_eq!(content(comment), LineContent::Comment, "{comment:?}");
    }
    let hash_inside = entry(format!("node1#x {} # y", text(ED25519)));
    assert!(hash_inside.matches(b"node1#x") && !hash_inside.matches(b"node1"));
    assert_eq!(hash_inside.comment(), b"# y");
}

#[test]
fn markers_are_exact_single_and_end_at_a_blank() {
    let marked = |front: &str| content(format!("{front} node1 {}", text(ED25519)));
    let marker = |front: &str| match marked(front) {
        LineContent::Entry(entry) => Ok((entry.marker(), entry.irregular().cloned())),
        LineContent::Bad(problem) => Err(problem),
        other => panic!("{other:?}"),
    };
    assert_eq!(marker("@cert-authority"), Ok((Some(Marker::CertAuthority), None)));
    assert_eq!(marker(" \t@revoked"), Ok((Some(Marker::Revoked), None)));
    assert_eq!(marker("@revoked \t "), Ok((Some(Marker::Revoked), None)));
    for unknown in
        ["@", "@Cert-Authority", "@cert-authorit", "@cert-authorityx", "@cert", &format!("@{}", "a".repeat(40))]
    {
        assert_eq!(marker(unknown), Err(LineProblem::UnknownMarker), "{unknown}");
    }
    assert_eq!(marker("@cert-authority @cert-authority"), Err(LineProblem::SecondMarker));
    assert_eq!(marker("@cert-authority @x"), Err(LineProblem::SecondMarker));
    assert_eq!(marker("@cert-authority\t"), Err(LineProblem::TabAfterMarker));
    // The end is a tab only where the line has no blank at all.
    let tabs = |line: String| content(line.replace(' ', "\t"));
    let LineContent::Entry(entry) = tabs(format!("@cert-authority node1 {}", text(ED25519))) else { panic!() };
    assert_eq!((entry.marker(), entry.irregular()), (Some(Marker::CertAuthority), None));
    assert!(entry.matches(b"node1"));
    let blank_in_comment = format!("@cert-authority\tnode1\t{}\ta b", text(ED25519).replace(' ', "\t"));
    assert_eq!(problem(blank_in_comment), LineProblem::TabAfterMarker);
    assert_eq!(problem("@cert-authority"), LineProblem::Truncated);
    assert_eq!(problem("@cert-authority "), LineProblem::Truncated);
    assert_eq!(problem("@cert-authority node1"), LineProblem::Truncated);
}

#[test]
fn a_line_that_ends_early_says_where() {
    assert_eq!(problem("node1"), LineProblem::Truncated);
    assert_eq!(problem("node1 "), LineProblem::NoKeyType);
    assert_eq!(problem("node1 \t"), LineProblem::NoKeyType);
    assert_eq!(problem(format!("node1 #{}", text(ED25519))), LineProblem::NoKeyType);
    assert_eq!(problem("node1 ssh-ed25519"), LineProblem::Key(KeyLineError::Base64));
    assert_eq!(problem("node1 ssh-ed25519 "), LineProblem::Key(KeyLineError::Base64));
    assert_eq!(problem("node1 ssh-ed25519 # x"), LineProblem::Key(KeyLineError::Base64));
}

#[test]
fn key_types_are_known_names_and_agree_with_the_key() {
    let rsa = base64(RSA);
    for name in ["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"] {
        assert_eq!(entry(format!("node1 {name} {rsa}")).key(), &key(RSA), "{name}");
    }
    for name in ["ssh-dss", "RSA", "SSH-RSA", "ssh-rsa1", "1024"] {
        assert_eq!(problem(format!("node1 {name} {rsa}")), LineProblem::Key(unknown(name)), "{name}");
    }
    let (p256, p384) = (KeyType::plain(BaseType::EcdsaP256), KeyType::plain(BaseType::EcdsaP384));
    assert_eq!(entry(format!("node1 {}", text(ECDSA384))).key().key_type(), p384);
    assert_eq!(
        problem(format!("node1 ecdsa-sha2-nistp256 {}", base64(ECDSA384))),
        LineProblem::Key(KeyLineError::TypeMismatch { text: p256, key: p384 })
    );
    assert_eq!(
        problem(format!("node1 ssh-rsa {}", base64(ECDSA256))),
        LineProblem::Key(KeyLineError::TypeMismatch { text: KeyType::plain(BaseType::Rsa), key: p256 })
    );
    // A certificate's name in front of a plain key, and the other way round.
    let ed25519 = KeyType::plain(BaseType::Ed25519);
    let certificate = KeyType { certificate: true, ..ed25519 };
    assert_eq!(
        problem(format!("node1 ssh-ed25519 {}", base64(ED25519_CERT))),
        LineProblem::Key(KeyLineError::TypeMismatch { text: ed25519, key: certificate })
    );
    // A browser's signatures are of the same keys.
    let sk = crate::wire::Writer::new()
        .string(b"sk-ecdsa-sha2-nistp256@openssh.com")
        .string(b"nistp256")
        .string(key(ECDSA256).blob().get(39..).unwrap())
        .string(b"ssh:")
        .into_bytes();
    let line = format!("node1 webauthn-sk-ecdsa-sha2-nistp256@openssh.com {}", encode_base64(&sk));
    assert_eq!(entry(line).key().blob(), sk);
}

#[test]
fn broken_keys_are_named() {
    let short = &base64(ED25519)[..44];
    assert!(matches!(problem(format!("node1 ssh-ed25519 {short}")), LineProblem::Key(KeyLineError::Key(_))));
    assert_eq!(problem(format!("node1 ssh-ed25519 {short}!")), LineProblem::Key(KeyLineError::Base64));
    let nothing = crate::wire::Writer::new().string(b"ssh-dss").into_bytes();
    assert_eq!(
        problem(format!("node1 ssh-rsa {}", encode_base64(&nothing))),
        LineProblem::Key(KeyLineError::Key(KeyError::UnknownType))
    );
}

#[test]
fn rsa_keys_have_at_least_1024_bits() {
    let line = |bits: usize| {
        let mut n = vec![0xff; bits / 8];
        if bits.is_multiple_of(8) {
            n.insert(0, 0);
        }
        let blob = crate::wire::Writer::new().string(b"ssh-rsa").string(&[1, 0, 1]).string(&n).into_bytes();
        format!("node1 ssh-rsa {}", encode_base64(&blob))
    };
    assert!(matches!(content(line(1024)), LineContent::Entry(_)));
    assert_eq!(problem(line(1016)), LineProblem::ShortRsaKey { bits: 1016 });
    // A revocation is never lost for that.
    assert_eq!(entry(format!("@revoked {}", line(1016))).irregular(), Some(&LineProblem::ShortRsaKey { bits: 1016 }));
}

#[test]
fn a_public_key_without_hosts_is_told_apart() {
    assert_eq!(problem(ED25519), LineProblem::NoHosts);
    assert_eq!(problem(RSA), LineProblem::NoHosts);
    // A host may be called so, if it likes.
    assert!(entry(format!("ssh-ed25519 {}", text(ED25519))).matches(b"ssh-ed25519"));
}

#[test]
fn hashed_fields_are_read_or_said_to_be_wrong() {
    let hashed = HashedName::new(b"node1", [5; 20]);
    assert_eq!(entry(format!("{hashed} {}", text(ED25519))).hosts(), &Hosts::Hashed(hashed));
    let bad = |field: String| problem(format!("{field} {}", text(ED25519)));
    assert_eq!(bad("|1|x".into()), LineProblem::HashedName(HashedNameError::NoHash));
    assert_eq!(bad("|1|AAAA|AAAA".into()), LineProblem::HashedName(HashedNameError::Salt));
    assert_eq!(bad(format!("{hashed},{hashed}")), LineProblem::HashedName(HashedNameError::List));
    // Only a field that begins so is hashed; elsewhere it is a name like any other, and never matches.
    let behind = entry(format!("x,{hashed} {}", text(ED25519)));
    assert!(behind.matches(b"x") && !behind.matches(b"node1"));
}

#[test]
fn the_longest_key_is_read_whatever_its_base64_is_broken_by() {
    let blob = |length: usize| {
        let front = crate::wire::Writer::new()
            .string(b"ssh-ed25519-cert-v01@openssh.com")
            .string(b"nonce")
            .string(&key(ED25519).blob()[19..])
            .uint64(1)
            .uint32(2);
        let behind = crate::wire::Writer::new()
            .string(b"")
            .uint64(0)
            .uint64(u64::MAX)
            .string(b"")
            .string(b"")
            .string(b"")
            .string(key(CA).blob())
            .string(&crate::wire::Writer::new().string(b"ssh-ed25519").string(&[1; 64]).into_bytes())
            .into_bytes();
        let id = length - front.clone().into_bytes().len() - 4 - behind.len();
        front.string(&vec![b'x'; id]).raw(&behind).into_bytes()
    };
    let line = |blob: &[u8], broken_by: &str| {
        let base64 = encode_base64(blob);
        let (start, end) = base64.split_at(40);
        format!("node1 ssh-ed25519-cert-v01@openssh.com {start}{broken_by}{end}")
    };
    let (longest, longer) = (blob(MAX_KEY_BYTES), blob(MAX_KEY_BYTES + 1));
    for broken_by in ["", "\r", "\r\x0b\x0c"] {
        assert_eq!(entry(line(&longest, broken_by)).key().blob(), longest);
        assert!(matches!(problem(line(&longer, broken_by)), LineProblem::Key(KeyLineError::Key(KeyError::Field(_)))));
    }
    // One that is longer still is not even copied.
    assert_eq!(problem(line(&blob(MAX_KEY_BYTES + 3), "\r")), LineProblem::Key(KeyLineError::Base64));
}

#[test]
fn problems_come_with_their_line_numbers() {
    let file = format!("# one\nnode1\nnode1 {}\n\n@x y z\n", text(ED25519));
    let document = Document::parse(file.as_bytes());
    let problems: Vec<_> = document.problems().map(|(line, problem)| (line, problem.clone())).collect();
    assert_eq!(problems, [(2, LineProblem::Truncated), (5, LineProblem::UnknownMarker)]);
}
