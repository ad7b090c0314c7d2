//! What is done to a login that works.

use super::Generator;
use crate::case::Case;

/// One change of a case.
type Twist = fn(&mut Generator<'_>, &mut Case);

/// All twists; those with more traps in them more often.
pub(super) const TWISTS: [(&str, Twist); 37] = [
    ("an equiv line first", |generator, case| generator.an_equiv_line_first(case)),
    ("an equiv line first", |generator, case| generator.an_equiv_line_first(case)),
    ("an equiv line first", |generator, case| generator.an_equiv_line_first(case)),
    ("an equiv file of traps", |generator, case| generator.an_equiv_file_of_traps(case)),
    ("an equiv file of traps", |generator, case| generator.an_equiv_file_of_traps(case)),
    ("behind equiv entries", |generator, case| generator.behind_equiv_entries(case)),
    ("a long equiv line", |generator, case| generator.a_long_equiv_line(case)),
    ("other netgroups", |generator, case| generator.other_netgroups(case)),
    ("a known_hosts line more", |generator, case| generator.a_known_hosts_line_more(case)),
    ("a known_hosts line more", |generator, case| generator.a_known_hosts_line_more(case)),
    ("a known_hosts line more", |generator, case| generator.a_known_hosts_line_more(case)),
    ("a known_hosts file of traps", |generator, case| generator.a_known_hosts_file_of_traps(case)),
    ("a known_hosts file of traps", |generator, case| generator.a_known_hosts_file_of_traps(case)),
    ("a revocation", |generator, case| generator.a_revocation(case)),
    ("known_hosts otherwise", |generator, case| generator.known_hosts_otherwise(case)),
    ("another mode at home", |generator, case| generator.another_mode_at_home(case)),
    ("another mode at home", |generator, case| generator.another_mode_at_home(case)),
    ("no plain file", |generator, case| generator.no_plain_file(case)),
    ("no home", |generator, case| generator.no_home(case)),
    ("an option", |generator, case| generator.an_option(case)),
    ("an option", |generator, case| generator.an_option(case)),
    ("an option", |generator, case| generator.an_option(case)),
    ("access", |generator, case| generator.access(case)),
    ("access", |generator, case| generator.access(case)),
    ("a block", |generator, case| generator.a_block(case)),
    ("methods", |generator, case| generator.methods(case)),
    ("revoked keys", |generator, case| generator.revoked_keys(case)),
    ("another key", |generator, case| generator.another_key(case)),
    ("another certificate", |generator, case| generator.another_certificate(case)),
    ("another algorithm", |generator, case| generator.another_algorithm(case)),
    ("an RSA key", |generator, case| generator.an_rsa_key(case)),
    ("a bad signature", |generator, case| generator.a_bad_signature(case)),
    ("another claim", |generator, case| generator.another_claim(case)),
    ("another client user", |generator, case| generator.another_client_user(case)),
    ("another account", |generator, case| generator.another_account(case)),
    ("something behind", |generator, case| generator.something_behind(case)),
    ("a damaged key", |generator, case| generator.a_damaged_key(case)),
];
