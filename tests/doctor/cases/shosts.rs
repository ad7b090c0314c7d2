//! `shosts.equiv`: entries 81 to 90, 92 to 94, and what lets in too many.

use hostbased::failures::Id;
use nix::sys::stat::Mode;

use crate::case::{Case, refused, works};
use crate::pair::{ALICE, BOB, CLIENT, Pair};

const FILE: &str = "/etc/ssh/shosts.equiv";

fn says(pair: &Pair, text: &str) {
    pair.server.write(FILE, text);
}

fn netgroup(pair: &Pair, line: &str, triple: &str) {
    says(pair, line);
    pair.server.write("/etc/netgroup", format!("cluster ({triple})\n"));
}

pub fn cases() -> Vec<Case> {
    let mut cases = refusals();
    cases.extend(netgroups());
    cases.extend(accepted());
    cases
}

fn refusals() -> Vec<Case> {
    vec![
        refused("e_missing", |pair| pair.server.remove(FILE))
            .server(&[Id::ShostsMissingOrEmpty])
            .log(&[Id::ShostsMissingOrEmpty])
            .short(),
        refused("e_empty", |pair| says(pair, "")).server(&[Id::ShostsMissingOrEmpty]),
        refused("e_wrong_path", |pair| pair.server.rename(FILE, "/etc/shosts.equiv")).server(&[Id::ShostsInWrongPlace]),
        refused("e_cidr", |pair| says(pair, "10.77.0.0/24\n")).server(&[Id::ShostsPatternUnsupported]),
        refused("e_comma", |pair| says(pair, "node1.cluster.test,node2.cluster.test\n"))
            .server(&[Id::ShostsPatternUnsupported]),
        refused("e_inline_comment", |pair| says(pair, "node1.cluster.test # the first\n"))
            .server(&[Id::ShostsInlineComment])
            .log(&[Id::ShostsInlineComment]),
        refused("e_inline_comment2", |pair| says(pair, "node1.cluster.test #first\n"))
            .server(&[Id::ShostsInlineComment]),
        refused("e_trailing_dot", |pair| says(pair, "node1.cluster.test.\n")).server(&[Id::ShostsTrailingDot]).short(),
        refused("e_bom", |pair| says(pair, "\u{feff}node1.cluster.test\n")).server(&[Id::ShostsByteOrderMark]),
        refused("e_negative_first", |pair| says(pair, "-node1.cluster.test\nnode1.cluster.test\n"))
            .server(&[Id::ShostsNegativeEntry])
            .log(&[Id::ShostsNegativeEntry])
            .no_mend("whom a line shuts out is not ours to admit"),
        refused("e_plus", |pair| says(pair, "+\n")).server(&[Id::ShostsPlusIgnored]).log(&[Id::ShostsPlusIgnored]),
        refused("e_plus_plus", |pair| says(pair, "+ +\n")).server(&[Id::ShostsPlusIgnored]),
        refused("e_two_hosts_line", |pair| says(pair, "node1 node1.cluster.test\n"))
            .server(&[Id::ShostsSecondFieldIsAUser]),
        refused("e_user_field", |pair| says(pair, "node1.cluster.test node1\n"))
            .server(&[Id::ShostsSecondFieldIsAUser])
            .beside(&[Id::NamedUserBecomesAnyone]),
        refused("e_dir", |pair| {
            pair.server.remove(FILE);
            std::fs::create_dir(pair.server.path(FILE)).unwrap();
        })
        .server(&[Id::ShostsNotARegularFile])
        .log(&[Id::ShostsNotARegularFile]),
        refused("e_fifo", |pair| {
            pair.server.remove(FILE);
            nix::unistd::mkfifo(&pair.server.path(FILE), Mode::from_bits_truncate(0o644)).unwrap();
        })
        .server(&[Id::ShostsNotARegularFile]),
        // Cut in two where the first piece ends.
        refused("e_longline", |pair| says(pair, &format!("{}node1.cluster.test\n", " ".repeat(1010))))
            .server(&[Id::LineLongerThan1023Bytes]),
    ]
}

fn netgroups() -> Vec<Case> {
    vec![
        works("e_netgroup_ok", |pair| netgroup(pair, "+@cluster\n", "node1.cluster.test,,")),
        works("e_netgroup_at", |pair| netgroup(pair, "@cluster\n", "node1.cluster.test,,")),
        works("e_netgroup_domain", |pair| netgroup(pair, "+@cluster\n", "node1.cluster.test,,other.test")),
        refused("e_netgroup_short", |pair| netgroup(pair, "+@cluster\n", "node1,,"))
            .server(&[Id::NetgroupDoesNotMatch]),
        refused("e_netgroup_nis", |pair| {
            netgroup(pair, "+@cluster\n", "node1.cluster.test,,");
            pair.server.replace("/etc/nsswitch.conf", "netgroup: files", "netgroup: nis");
        })
        .server(&[Id::NetgroupDoesNotMatch]),
    ]
}

fn accepted() -> Vec<Case> {
    vec![
        works("e_comment_indented", |pair| says(pair, "  # the first\nnode1.cluster.test\n")),
        works("e_crlf", |pair| says(pair, "node1.cluster.test\r\n")),
        works("e_upper", |pair| says(pair, "NODE1.Cluster.Test\n")),
        works("e_negative_after", |pair| says(pair, "node1.cluster.test\n-node1.cluster.test\n")),
        works("e_hosts_equiv", |pair| pair.server.rename(FILE, "/etc/hosts.equiv")),
        works("e_symlink", |pair| {
            pair.server.rename(FILE, "/etc/ssh/admitted");
            std::os::unix::fs::symlink("admitted", pair.server.path(FILE)).unwrap();
        }),
        works("e_mode_666", |pair| pair.server.set_mode(FILE, 0o666)).server_tells(Id::TrustFilesWritable),
        works("e_user_field_any", |pair| says(pair, &format!("{CLIENT} alice\n")))
            .users(ALICE, BOB)
            .server_tells(Id::NamedUserBecomesAnyone)
            .beside(&[Id::DifferentRemoteUser]),
        // The end of a comment is taken for an entry.
        works("e_longline2", |pair| says(pair, &format!("#{}node1.cluster.test\n", "-".repeat(1022))))
            .server_tells(Id::LineLongerThan1023Bytes),
    ]
}
