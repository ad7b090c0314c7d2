//! A valid request with one byte changed, at each place: signed is what is not checked, and exactly that.

use std::collections::BTreeSet;
use std::ops::Range;

use super::differences::name_of;
use super::ground::{Ground, Outcome, framed};
use super::random::{Random, SEED};
use crate::lab::{Ours, Theirs};

/// The fields of the frame, in their order, each with the place of its bytes.
fn fields(ground: &Ground) -> Vec<(&'static str, Range<usize>)> {
    let mut at = 0;
    let mut fields = Vec::new();
    let blob = ground.key.blob().len();
    for (name, content) in [
        ("frame length", 4),
        ("version", 1),
        ("descriptor", 4),
        ("data length", 4),
        ("session id length", 4),
        ("session id", 32),
        ("message number", 1),
        ("server user length", 4),
        ("server user", 3),
        ("service length", 4),
        ("service", 14),
        ("method length", 4),
        ("method", 9),
        ("algorithm length", 4),
        ("algorithm", 11),
        ("key length", 4),
        ("key", blob),
        ("host length", 4),
        ("host", 10),
        ("client user length", 4),
        ("client user", 6),
    ] {
        fields.push((name, at..at + content));
        at += content;
    }
    assert_eq!(at, ground.frame().len());
    fields
}

/// Asks both, which must agree: whether they signed, and the name of what they differ in.
fn compare(ground: &Ground, frame: &[u8], original: &Outcome, case: &str) -> (bool, &'static str) {
    let [ours, theirs] =
        [Ours, Theirs].map(|whose| Outcome::of(&ground.run(whose, frame), &format!("{whose:?} {case}")));
    for outcome in [&ours, &theirs] {
        assert!(!matches!(outcome, Outcome::Killed(_)), "{case}: {outcome:?}");
    }
    if ours.is_signed() {
        // Over the changed data, for OpenSSH's helper signs that and comes to the same; and not over the original.
        assert_eq!(ours, theirs, "{case}");
        assert_ne!(ours, *original, "{case}");
        return (true, "none");
    }
    let lines = (ours.last_line(), theirs.last_line());
    (false, name_of(lines.0, lines.1).unwrap_or_else(|| panic!("{case}: {lines:?}")))
}

#[test]
fn each_byte_of_a_request_is_checked_or_signed() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let frame = ground.frame();
        let original = ground.ask(Ours, &frame);
        assert!(original.is_signed());
        let mut differing = BTreeSet::new();
        for (field, range) in fields(&ground) {
            for at in range {
                for mask in [0xff, 0x01] {
                    let mut changed = frame.clone();
                    changed[at] ^= mask;
                    let case = format!("{field}: byte {at} ^ {mask:#x}");
                    let (signed, difference) = compare(&ground, &changed, &original, &case);
                    assert_eq!(signed, ["session id", "server user"].contains(&field), "{case}");
                    if difference != "none" {
                        differing.insert(field);
                    }
                }
            }
        }
        // Lengths that do not fit, in one and the other order of work.
        let lengths = |name: &str| name.ends_with(" length") && name != "frame length";
        let expected = fields(&ground).into_iter().map(|(field, _)| field);
        let expected: BTreeSet<_> = expected.filter(|&field| lengths(field) || field == "descriptor").collect();
        assert_eq!(differing, expected);
    });
}

/// Several bytes of a valid request changed, taken out, doubled.
#[test]
fn twisted_requests_are_signed_by_both_or_by_none() {
    let ground = needs_ground!();
    ground.lab.inside(|| {
        let data = ground.data();
        let original = ground.ask(Ours, &framed(&data));
        let mut signed = 0;
        for index in 0..150 {
            let mut random = Random::case(2000 + index);
            let mut twisted = data.clone();
            for _ in 0..=random.below(3) {
                let (at, length) = (random.below(twisted.len()), random.below(8));
                let end = (at + length).min(twisted.len());
                match random.below(4) {
                    0 => drop(twisted.drain(at..end)),
                    1 => drop(twisted.splice(at..at, random.bytes(length))),
                    2 => drop(twisted.splice(at..at, data[at.min(data.len())..end.min(data.len())].to_vec())),
                    _ => drop(twisted.splice(at..end, random.bytes(end - at))),
                }
                if twisted.is_empty() {
                    twisted.push(0);
                }
            }
            if twisted != data {
                let case = format!("seed {SEED:#x} case {index}");
                signed += usize::from(compare(&ground, &framed(&twisted), &original, &case).0);
            }
        }
        assert!((1..50).contains(&signed), "both happens: {signed}");
    });
}
