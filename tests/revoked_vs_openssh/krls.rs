//! Key revocation lists.

use hostbased::revoked::RevokedKeys;

use crate::lab::{Lab, ssh_keygen, succeeds};
use crate::random::Random;

#[test]
fn krls_that_ssh_keygen_makes() {
    let lab = Lab::new();
    let (ca1, ca2): (&[&str], &[&str]) = (&["-s", "ca1.pub"], &["-s", "ca2.pub"]);
    // Certificates of ca1 are all but three; ids and serial numbers count under their authority only.
    let cases: [(&[&str], String, usize); 19] = [
        (&[], String::new(), 0),
        (ca1, "serial: 7\n".into(), 1),
        (ca2, "serial: 7\nserial: 8\n".into(), 1),
        (ca1, "serial: 1-8\n".into(), 4),
        (ca1, "serial: 1-18446744073709551615\n".into(), 7),
        (ca1, "serial: 18446744073709551615\n".into(), 1),
        (ca1, "serial: 1\nserial: 2\nserial: 4\nserial: 5\nserial: 7\nserial: 100\nserial: 110\n".into(), 4),
        (ca1, (1..2000u64).step_by(3).map(|serial| format!("serial: {serial}\n")).collect(), 3),
        (ca1, "id: one\nid: two words\nid: none\n".into(), 3),
        (ca2, "id: one\nid: On\nid: n*\n".into(), 1),
        (ca1, "serial: 7\nid: many\n".into(), 2),
        // A plain key revokes every certificate of it, an authority all that it signed.
        (&[], format!("key: {}\n", lab.line("ed25519.pub")), 10),
        (&[], format!("sha1: {}\n", lab.line("ecdsa.pub")), 2),
        (&[], format!("sha256: {}\n", lab.line("rsa.pub")), 2),
        (&[], format!("hash: {}\n", lab.key("rsa.pub").fingerprint()), 2),
        (&[], format!("{}\n", lab.line("ca1.pub")), 9),
        (&[], format!("sha1: {}\nsha256: {}\n", lab.line("ca2.pub"), lab.line("ca1.pub")), 13),
        // Certificates: by serial number, and by key id where that is 0.
        (&[], format!("{}\n{}\n", lab.line("3-cert.pub"), lab.line("9-cert.pub")), 2),
        (&["-s", "none", "-z", "9"], "id: one\nserial: 7\nid: other\n".into(), 4),
    ];
    for (options, spec, wanted) in cases {
        let file = lab.make("made", options, &spec);
        assert_eq!(lab.same(&file), Some(wanted), "{options:?} {spec}");
    }
}

#[test]
fn krls_that_were_updated() {
    let lab = Lab::new();
    let mut revoked = Vec::new();
    for (options, spec) in [
        (&["-s", "ca1.pub", "-z", "1"][..], "serial: 1-2\n".to_owned()),
        (&["-u", "-s", "ca1.pub", "-z", "2"], "serial: 8\nid: most\n".to_owned()),
        (&["-u", "-s", "ca2.pub", "-z", "3"], "id: one\n".to_owned()),
        (&["-u", "-s", "none", "-z", "4"], "id: none\n".to_owned()),
        (&["-u", "-z", "5"], format!("sha256: {}\n", lab.line("rsa.pub"))),
        (&["-u", "-z", "6"], format!("sha1: {}\n", lab.line("other.pub"))),
        (&["-u", "-z", "7"], format!("{}\n", lab.line("ca2.pub"))),
    ] {
        let file = lab.make("updated", options, &spec);
        revoked.push(lab.same(&file).unwrap());
        let version = u64::try_from(revoked.len()).unwrap();
        let parsed = RevokedKeys::parse(&file).unwrap();
        let header = parsed.krl_header().unwrap();
        assert_eq!(header.version(), version);
        assert!(header.generated() > 1_600_000_000 && header.comment().is_empty());
    }
    assert_eq!(revoked, [2, 4, 5, 7, 8, 9, 11]);
}

#[test]
fn krls_of_an_authority_given_as_certificate_revoke_here_only() {
    let lab = Lab::new();
    std::fs::copy(lab.path("ca1.pub"), lab.path("sub.pub")).unwrap();
    succeeds(ssh_keygen(&["-q", "-I", "ca", "-s"]).arg(lab.path("ca2")).arg(lab.path("sub.pub")));
    let file = lab.make("made", &["-s", "sub-cert.pub"], "serial: 7\n");
    assert_eq!(lab.theirs(&file).unwrap().iter().filter(|&&revoked| revoked).count(), 0);
    let revoked = RevokedKeys::parse(&file).unwrap();
    assert!(revoked.check(lab.key("3-cert.pub")).is_some());
    assert!(revoked.check(lab.key("4-cert.pub")).is_none());
}

#[test]
fn random_krls_say_the_same() {
    let (lab, mut random) = (Lab::new(), Random(7));
    let (mut errors, mut revoked) = (0, 0);
    for _ in 0..150 {
        match lab.same(&random.krl(&lab)) {
            None => errors += 1,
            Some(count) => revoked += count,
        }
    }
    assert!((15..130).contains(&errors) && revoked > 70, "{errors} errors, {revoked} revoked");
}

#[test]
fn damaged_krls_say_the_same() {
    let (lab, mut random) = (Lab::new(), Random(11));
    // Only Ed25519: a damaged point of an authority on another curve is noticed by OpenSSH alone.
    let spec: String = (1..40u64).step_by(2).map(|serial| format!("serial: {serial}\n")).collect();
    lab.make("made", &["-s", "ca1.pub"], &format!("{spec}serial: 100-200\nid: two words\nid: many\n"));
    lab.make("made", &["-u", "-s", "none"], "id: other\n");
    let keys = format!("{k}\nsha1: {k}\nsha256: {k}\n", k = lab.line("other.pub"));
    let whole = lab.make("made", &["-u"], &keys);
    assert_eq!(lab.same(&whole), Some(7));
    let mut errors = 0;
    for round in 0..200 {
        let mut file = whole.clone();
        match round % 6 {
            0 => file.truncate(1 + random.below(whole.len() - 1)),
            _ => {
                let at = random.below(file.len());
                file[at] = random.byte();
            }
        }
        errors += usize::from(lab.same(&file).is_none());
    }
    assert!((50..170).contains(&errors), "{errors}");
}
