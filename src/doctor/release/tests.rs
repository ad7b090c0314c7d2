use super::*;

fn release(text: &str) -> Release {
    Release::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn ids(text: &str, machine: Machine, severity: Severity) -> Vec<Id> {
    let release = release(&format!("OpenSSH_{text}"));
    known(&release, machine).filter(|known| known.severity == severity).map(|known| known.id).collect()
}

#[test]
fn what_programs_print_is_read() {
    for (text, number, portable, note) in [
        ("OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.11 19 Sep 2023", (9, 2), Some(1), "Debian-2+deb12u3"),
        ("OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.11 19 Sep 2023\n", (9, 2), Some(1), "Debian-2+deb12u3"),
        ("OpenSSH_10.5p1, OpenSSL 3.0.17 1 Jul 2025", (10, 5), Some(1), ""),
        ("OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.1 1 Jul 2025", (10, 0), Some(2), "Debian-7"),
        ("OpenSSH_8.7p1, OpenSSL 3.0.7 1 Nov 2022", (8, 7), Some(1), ""),
        ("OpenSSH_9.9p1, without OpenSSL", (9, 9), Some(1), ""),
        ("OpenSSH_6.6.1p1 Ubuntu-2ubuntu2.13, OpenSSL 1.0.1f 6 Jan 2014", (6, 6), Some(1), "Ubuntu-2ubuntu2.13"),
        ("OpenSSH_3.4p1", (3, 4), Some(1), ""),
        ("OpenSSH_9.7", (9, 7), None, ""),
        ("OpenSSH_7.4p1-hpn14v5", (7, 4), Some(1), "hpn14v5"),
        ("OpenSSH_for_Windows_8.1p1, LibreSSL 3.0.2", (8, 1), Some(1), ""),
        ("SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3\r", (8, 4), Some(1), "Debian-5+deb11u3"),
        ("SSH-2.0-OpenSSH_8.7", (8, 7), None, ""),
        ("SSH-1.99-OpenSSH_3.4p1", (3, 4), Some(1), ""),
        ("unknown option -- V\nOpenSSH_8.4p1, OpenSSL 1.1.1w\nusage: sshd", (8, 4), Some(1), ""),
        (
            "debug1: Remote protocol version 2.0, remote software version OpenSSH_9.8p1 Raspbian-1",
            (9, 8),
            Some(1),
            "Raspbian-1",
        ),
        ("debug1: Local version string SSH-2.0-OpenSSH_9.2p1 Debian-2", (9, 2), Some(1), "Debian-2"),
    ] {
        assert_eq!(release(text), Release { number, portable, note: note.to_owned() }, "{text}");
    }
}

#[test]
fn what_is_no_release_is_none() {
    let long = format!("OpenSSH_{}", "9".repeat(100_000));
    for text in [
        "",
        "OpenSSH",
        "OpenSSH_",
        "OpenSSH_9",
        "OpenSSH_9.",
        "OpenSSH_.2p1",
        "OpenSSH_9.2x",
        "OpenSSH_99999999999.2p1",
        "OpenSSH_-9.2p1",
        "OpenSSL 3.0.11",
        "Sun_SSH_1.1",
        "SSH-2.0-dropbear_2022.83",
        "SSH-2.0-OpenSSH",
        "not OpenSSH_9.2p1",
        "user OpenSSH_9.2p1 from 1.2.3.4",
        &long,
    ] {
        assert_eq!(Release::parse(text), None, "{text}");
    }
}

#[test]
fn it_is_shown_escaped() {
    assert_eq!(release("OpenSSH_9.2p1 Debian-2, x").to_string(), "OpenSSH 9.2p1 Debian-2");
    assert_eq!(release("SSH-2.0-OpenSSH_9.2 \x1b[31m").to_string(), "OpenSSH 9.2 \\x1b[31m");
    assert!(release("OpenSSH_9.2p1 Debian-2").is_debians() && release("OpenSSH_9.2p1 Ubuntu-2").is_debians());
    assert!(!release("OpenSSH_9.2p1").is_debians() && !release("OpenSSH_9.2p1 notDebian").is_debians());
}

#[test]
fn what_is_broken_is_named_up_to_its_border() {
    use Machine::{Client, Server};
    use Severity::{Error, Warning};
    for machine in [Client, Server] {
        assert_eq!(ids("3.4p1", machine, Error), [Id::BrokenRelease]);
        for text in ["3.3p1", "3.5p1", "9.2p1", "10.5p1"] {
            assert_eq!(ids(text, machine, Error), [], "{text}");
        }
    }
    let hash = Id::SessionHashLongerThan32Rejected;
    for (text, expected) in [
        ("4.6p1", &[Id::ProxycommandOrProxyjump, Id::Sha1RefusedByCryptoPolicy, hash][..]),
        ("5.3p1", &[Id::ProxycommandOrProxyjump, Id::Sha1RefusedByCryptoPolicy, hash]),
        ("5.4p1", &[Id::Sha1RefusedByCryptoPolicy, hash]),
        ("8.4p1", &[Id::Sha1RefusedByCryptoPolicy, hash]),
        ("8.5p1", &[Id::RsaHostbasedBroken85To88, hash]),
        ("8.7p1, OpenSSL 3.0.7", &[Id::RsaHostbasedBroken85To88, hash]),
        ("8.8p1", &[Id::RsaHostbasedBroken85To88, hash]),
        ("8.9p1", &[]),
        ("9.2p1 Debian-2+deb12u3", &[]),
        ("10.5p1", &[]),
    ] {
        assert_eq!(ids(text, Client, Warning), expected, "{text}");
    }
    assert_eq!(ids("5.0p1", Server, Warning), [Id::PacketNameIsShortOrWrong]);
    for text in ["5.1p1", "8.8p1", "9.2p1", "10.5p1"] {
        assert_eq!(ids(text, Server, Warning), [], "{text}");
    }
}

#[test]
fn what_differs_is_named_from_its_border_on() {
    use Machine::{Client, Server};
    use Severity::Information;
    let servers = [
        (Id::OptionNameVersionSkew, "8.4p1", "8.5p1", false),
        (Id::UserShostsIgnored, "8.2p1", "8.3p1", false),
        (Id::LogLevelHidesEverything, "9.1p1", "9.2p1", false),
        (Id::UsednsNoButEntriesAreNames, "6.7p1", "6.8p1", true),
        (Id::Sha1RefusedByCryptoPolicy, "8.7p1", "8.8p1", true),
        (Id::RsaKeyTooSmall, "9.0p1", "9.1p1", true),
        (Id::PerSourcePenaltyLocksOutNode, "9.7p1", "9.8p1", true),
        (Id::DsaOnlyHost, "10.0p1", "10.1p1", true),
        (Id::CertificateWithoutPrincipals, "10.2p1", "10.3p1", true),
        (Id::EcdsaCurveNowExact, "10.2p1", "10.3p1", true),
    ];
    for (id, before, from, begins) in servers {
        assert_eq!(ids(before, Server, Information).contains(&id), !begins, "{id} {before}");
        assert_eq!(ids(from, Server, Information).contains(&id), begins, "{id} {from}");
    }
    assert_eq!(ids("8.4p1", Client, Information), [Id::OptionNameVersionSkew]);
    assert_eq!(ids("8.6p1", Client, Information), [Id::OptionNameVersionSkew]);
    assert_eq!(ids("8.7p1", Client, Information), []);
    assert_eq!(ids("9.7p1", Client, Information), []);
    assert_eq!(ids("10.4p1", Client, Information), [Id::DsaOnlyHost]);
}

#[test]
fn the_heaviest_comes_first_and_texts_are_sentences() {
    for number in [(3, 4), (4, 6), (8, 4), (8, 8), (9, 2), (10, 5), (99, 0)] {
        for machine in [Machine::Client, Machine::Server] {
            let release = Release { number, portable: Some(1), note: String::new() };
            let severities: Vec<Severity> = known(&release, machine).map(|known| known.severity).collect();
            assert!(severities.is_sorted_by(|one, other| one >= other), "{release} {machine}: {severities:?}");
            assert!(known(&release, machine).all(|known| known.what.ends_with('.')));
        }
    }
}
