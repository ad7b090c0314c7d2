//! What plain answers say.

use std::time::{Duration, Instant};

use crate::fixture::{Lab, lab};
use crate::server::{Kind, silent_server};

#[test]
fn a_host_that_is_as_it_should_be_has_information_only() {
    let host = lab().check("n1.plain.test,10.0.0.1", &["--require-dns"]);
    assert_eq!(host.findings(), ["information dnssec-insecure n1.plain.test", "information dnssec-insecure 10.0.0.1"]);
}

#[test]
fn findings_of_the_dns_are_warnings_unless_it_is_required() {
    for (host, finding) in [
        ("nobody.plain.test", "name-does-not-resolve nobody.plain.test"),
        ("n1.plain.test,10.0.0.2", "address-not-in-forward n1.plain.test"),
        ("bare.plain.test,10.0.0.5", "reverse-missing 10.0.0.5"),
        ("old.plain.test,10.0.0.3", "reverse-mismatch 10.0.0.3"),
        ("wrong.plain.test,10.0.0.4", "reverse-mismatch 10.0.0.4"),
        ("www.plain.test,10.0.0.1", "name-is-alias www.plain.test"),
    ] {
        lab().check(host, &[]).has(&format!("warning {finding}"));
        lab().check(host, &["--require-dns"]).has(&format!("error {finding}"));
        let code = finding.split(' ').next().unwrap();
        lab().check(host, &["--require-dns", "--allow", code]).has(&format!("warning {finding}"));
    }
}

#[test]
fn no_such_name_is_told_from_a_name_without_an_address() {
    let nobody = lab().check("nobody.plain.test", &[]);
    assert_eq!(nobody.text("name-does-not-resolve"), "there is no such name (NXDOMAIN)");
    // The zone itself exists.
    let empty = lab().check("plain.test", &[]);
    assert_eq!(empty.text("name-does-not-resolve"), "the name exists, but has no address");
}

#[test]
fn failures_are_told_apart() {
    for (name, text) in [
        ("n1.servfail.test", "the name server failed (SERVFAIL)"),
        ("n1.refused.test", "the name server refused to answer (REFUSED)"),
        ("n1.lame.test", "the name server points elsewhere instead of answering (lame)"),
        ("n1.silent.test", "no answer came in time"),
    ] {
        // Beside one that is answered: a server that answers nothing at all is another matter.
        let host = lab().check(name, &["n1.plain.test"]);
        assert_eq!(host.text("lookup-failed"), format!("its addresses cannot be looked up: {text}"));
        host.has(&format!("warning lookup-failed {name}")).lacks("name-does-not-resolve");
        lab().check(name, &["--require-dns"]).has(&format!("error lookup-failed {name}"));
        // A signature that cannot be asked for does not hold.
        lab().check(name, &["--require-dnssec"]).has(&format!("error dnssec-unavailable {name}"));
    }
}

#[test]
fn the_reverse_name_must_lead_back_in_its_own_family() {
    let other = lab().check("six.plain.test,10.0.0.6", &["--require-dns"]);
    other.has("error reverse-mismatch 10.0.0.6");
    assert!(other.text("reverse-mismatch").contains("no address of the same family"), "{other:?}");
    let gone = lab().check("wrong.plain.test,10.0.0.4", &["--require-dns"]);
    assert!(gone.text("reverse-mismatch").contains("nobody.plain.test"), "{gone:?}");
}

#[test]
fn of_several_names_all_are_tried() {
    let both = lab().check("several.plain.test,second.plain.test,10.0.1.1", &["--require-dns"]);
    both.lacks("reverse-mismatch").lacks("error");
    let one = lab().check("several.plain.test,10.0.1.1", &["--require-dns"]);
    assert!(one.text("reverse-mismatch").contains("second.plain.test"), "{one:?}");
    // Which of them comes first is the server's to choose: a stale one there is an error, behind it a warning.
    let stale = lab().check("mixed.plain.test,10.0.1.2", &["--require-dns"]);
    assert!(stale.text("reverse-mismatch").contains("stale.plain.test"), "{stale:?}");
}

#[test]
fn the_name_behind_an_alias_is_proposed() {
    let alias = lab().check("www.plain.test", &["--require-dns"]);
    assert!(alias.text("name-is-alias").contains("alias of n1.plain.test"), "{alias:?}");
    let across = lab().check("away.signed.test", &["--require-dns"]);
    assert!(across.text("name-is-alias").contains("alias of n1.plain.test"), "{across:?}");
}

#[test]
fn addresses_of_one_family_only_are_enough_for_that_family() {
    lab().check("v6.plain.test", &["--require-dns"]).has("warning special-address v6.plain.test");
    lab().check("v6.plain.test,10.0.0.1", &["--require-dns"]).has("error address-not-in-forward v6.plain.test");
}

#[test]
fn the_oldest_forwarder_answers() {
    for kind in [Kind::Stripping, Kind::Old] {
        let lab = Lab::new(kind);
        let host = lab.check("n1.signed.test,10.0.0.1", &[]);
        host.lacks("lookup-failed").lacks("name-does-not-resolve").lacks("dnssec-bogus");
        host.has("information dnssec-unavailable n1.signed.test");
        lab.check("n1.signed.test", &["--require-dnssec"]).has("error dnssec-unavailable n1.signed.test");
    }
}

#[test]
fn a_server_that_never_answers_takes_a_bounded_time() {
    let (_socket, address) = silent_server();
    let names: Vec<String> = (0..300).map(|number| format!("n{number}.plain.test")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let start = Instant::now();
    let address = address.to_string();
    let run = lab().run(&[&["check", "--names", "dns", "--resolver", &address][..], &names].concat());
    // That server comes first; the other one answers for it.
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.output.contains("300 hosts, 0 bad"), "{}", run.output.lines().last().unwrap());
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn where_nobody_answers_that_is_said_once() {
    let (_socket, address) = silent_server();
    let address = address.to_string();
    let root = lab().path("root");
    let run = |more: &[&str]| {
        let names: Vec<String> = (0..100).map(|number| format!("n{number}.plain.test")).collect();
        let mut command = std::process::Command::new(crate::fixture::BINARY);
        command.args(["check", "--names", "dns", "--root", &root, "--resolver", &address]).args(more).args(&names);
        let start = Instant::now();
        let run: crate::fixture::Run = command.output().unwrap().into();
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
        run
    };
    let quiet = run(&[]);
    assert_eq!(quiet.code, Some(0), "{quiet:?}");
    assert_eq!(quiet.error.matches("no name server answers").count(), 1, "{}", quiet.error);
    assert!(!quiet.output.contains("lookup-failed"), "{}", quiet.output);
    let required = run(&["--require-dns"]);
    assert_eq!(required.code, Some(1), "{required:?}");
    assert_eq!(required.output.matches("error lookup-failed").count(), 100);
}

#[test]
fn nothing_is_asked_twice() {
    let lab = Lab::new(Kind::Whole);
    let run = lab.run(&["check", "--names", "dns", "n1.plain.test,10.0.0.1", "n1.plain.test", "bare.plain.test"]);
    assert!(run.code.is_some());
    let questions = lab.server.questions.lock().unwrap();
    let of = |wanted: &str, kind: &str| {
        let all = questions.iter().filter(|(name, of)| name == wanted && of.to_string() == kind);
        all.count()
    };
    // Once plainly, once with signatures.
    assert_eq!(of("n1.plain.test.", "A"), 2, "{questions:?}");
    assert_eq!(of("bare.plain.test.", "AAAA"), 2, "{questions:?}");
    assert_eq!(of(".", "DNSKEY"), 1, "{questions:?}");
}

#[test]
fn many_hosts_take_a_bounded_time() {
    let lab = Lab::new(Kind::Whole);
    let names: Vec<String> = (0..2000).map(|n| format!("h{n}.plain.test,10.1.{}.{}", n / 250, n % 250)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let start = Instant::now();
    let run = lab.run(&[&["check", "--names", "dns"][..], &names].concat());
    assert_eq!(run.code, Some(0), "{}", run.error);
    let asked = lab.server.asked.load(std::sync::atomic::Ordering::Relaxed);
    // Both families and the reverse name, each plainly and with signatures; the keys of the zones once.
    assert!(asked < 2000 * 6 + 100, "{asked}");
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}

#[test]
fn long_answers_come_whole() {
    // More than the 512 bytes of an answer without EDNS (RFC 1035 section 4.2.1): it is cut, and asked for over TCP.
    lab().check("many.plain.test,10.0.2.60", &["--require-dns"]).lacks("address-not-in-forward").lacks("lookup-failed");
    let other = lab().check("many.plain.test,10.0.3.1", &["--require-dns"]);
    assert!(other.text("address-not-in-forward").contains("and 52 more"), "{other:?}");
}
