//! What is done to a login that works.

use super::Generator;
use crate::case::Case;

/// One change of a case.
pub(super) type Twist = fn(&mut Generator<'_>, &mut Case);

/// All twists, and how often each comes beside the others: most often those with the most traps in them.
const TWISTS: [(usize, &str, Twist); 30] = [
    (6, "an equiv line first", |generator, case| generator.an_equiv_line_first(case)),
    (5, "an equiv file of traps", |generator, case| generator.an_equiv_file_of_traps(case)),
    (3, "behind equiv entries", |generator, case| generator.behind_equiv_entries(case)),
    (2, "a long equiv line", |generator, case| generator.a_long_equiv_line(case)),
    (2, "other netgroups", |generator, case| generator.other_netgroups(case)),
    (6, "a known_hosts line more", |generator, case| generator.a_known_hosts_line_more(case)),
    (5, "a known_hosts file of traps", |generator, case| generator.a_known_hosts_file_of_traps(case)),
    (6, "a revocation", |generator, case| generator.a_revocation(case)),
    (3, "known_hosts otherwise", |generator, case| generator.known_hosts_otherwise(case)),
    (6, "another mode at home", |generator, case| generator.another_mode_at_home(case)),
    (2, "another mode in /etc", |generator, case| generator.another_mode_in_etc(case)),
    (2, "other hosts", |generator, case| generator.other_hosts(case)),
    (3, "no plain file", |generator, case| generator.no_plain_file(case)),
    (2, "no home", |generator, case| generator.no_home(case)),
    (6, "an option", |generator, case| generator.an_option(case)),
    (4, "access", |generator, case| generator.access(case)),
    (3, "a block", |generator, case| generator.a_block(case)),
    (3, "methods", |generator, case| generator.methods(case)),
    (5, "revoked keys", |generator, case| generator.revoked_keys(case)),
    (2, "another key", |generator, case| generator.another_key(case)),
    (6, "another certificate", |generator, case| generator.another_certificate(case)),
    (1, "another algorithm", |generator, case| generator.another_algorithm(case)),
    (3, "an RSA key", |generator, case| generator.an_rsa_key(case)),
    (3, "a bad signature", |generator, case| generator.a_bad_signature(case)),
    (3, "another claim", |generator, case| generator.another_claim(case)),
    (3, "another client user", |generator, case| generator.another_client_user(case)),
    (2, "another account", |generator, case| generator.another_account(case)),
    (2, "an account that cannot log in", |generator, case| generator.a_closed_account(case)),
    (1, "something behind", |generator, case| generator.something_behind(case)),
    (1, "a damaged key", |generator, case| generator.a_damaged_key(case)),
];

impl Generator<'_> {
    /// One of them, by its weight.
    pub(super) fn twist(&mut self) -> (&'static str, Twist) {
        let mut left = self.random.below(TWISTS.iter().map(|(weight, ..)| weight).sum());
        for (weight, name, twist) in TWISTS {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return (name, twist),
            }
        }
        unreachable!("the number is below the sum of all weights")
    }
}
