//! Signatures: checked here, from the trust anchor down.

use crate::fixture::{KEY, Lab, lab};
use crate::server::Kind;
use crate::zones::foreign_anchor;

#[test]
fn a_signed_zone_is_secure_and_an_unsigned_one_is_not() {
    lab().check("n1.signed.test", &["--require-dnssec"]).lacks("dnssec-");
    lab().check("n1.plain.test", &[]).has("information dnssec-insecure n1.plain.test");
    lab().check("n1.plain.test", &["--require-dnssec"]).has("error dnssec-insecure n1.plain.test");
}

#[test]
fn what_is_not_there_is_proven_too() {
    lab()
        .check("nobody.signed.test", &["--require-dnssec"])
        .has("warning name-does-not-resolve nobody.signed.test")
        .lacks("dnssec-");
    lab().check("v6.signed.test", &["--require-dnssec"]).lacks("dnssec-");
}

#[test]
fn a_broken_chain_is_an_error_where_the_zone_above_has_a_ds_record() {
    for zone in ["otherkey.test", "unsigned.test", "expired.test"] {
        for name in ["n1", "bare", "nobody", "www"] {
            let name = format!("{name}.{zone}");
            let host = lab().check(&name, &[]);
            host.has(&format!("error dnssec-bogus {name}"));
            assert!(host.text("dnssec-bogus").contains(&format!("the zone {zone}. is signed")), "{host:?}");
        }
        lab()
            .check(&format!("bare.{zone}"), &["--allow", "dnssec-bogus"])
            .has(&format!("warning dnssec-bogus bare.{zone}"));
    }
}

#[test]
fn an_alias_is_as_secure_as_what_it_leads_to() {
    lab().check("www.signed.test", &["--require-dnssec"]).lacks("dnssec-");
    lab().check("away.signed.test", &[]).has("information dnssec-insecure away.signed.test");
}

#[test]
fn a_forwarder_that_checks_itself_hides_nothing() {
    // It says SERVFAIL of n1.otherkey.test, unless it is told to leave the checking.
    let host = lab().check("n1.otherkey.test", &[]);
    host.has("error dnssec-bogus n1.otherkey.test").has("warning lookup-failed n1.otherkey.test");
}

#[test]
fn nobody_s_word_that_it_checked_counts() {
    // This one sets the AD bit on everything.
    let lab = Lab::new(Kind::Stripping);
    let key = lab.write("key.pub", KEY);
    assert!(!key.is_empty());
    let host = lab.check("n1.signed.test", &["--require-dnssec"]);
    host.has("error dnssec-unavailable n1.signed.test").lacks("dnssec-bogus");
    assert_eq!(host.vouched(), 0);
}

#[test]
fn the_trust_anchor_decides() {
    let check = |anchor: &str| {
        let lab = Lab::new(Kind::Whole);
        let text = match anchor {
            "ds" => lab.world.ds_anchor(),
            "both" => lab.world.ds_anchor() + &lab.world.dnskey_anchor(),
            "foreign" => foreign_anchor(),
            _ => lab.world.dnskey_anchor(),
        };
        lab.write("anchor", &text);
        lab.check("n1.signed.test", &["--require-dnssec"])
    };
    for anchor in ["dnskey", "ds", "both"] {
        check(anchor).lacks("dnssec-");
    }
    check("foreign").has("error dnssec-unavailable n1.signed.test").lacks("dnssec-bogus");
}

#[test]
fn the_root_s_own_anchor_is_built_in_and_is_not_this_one() {
    let root = lab().path("root");
    let server = lab().server.address.to_string();
    let mut command = std::process::Command::new(crate::fixture::BINARY);
    command.args(["check", "--names", "dns", "--root", &root, "--resolver", &server, "n1.signed.test"]);
    let run: crate::fixture::Run = command.output().unwrap().into();
    assert!(run.output.contains("information dnssec-unavailable"), "{run:?}");
}

#[test]
fn a_file_without_anchors_is_an_error() {
    let lab = Lab::new(Kind::Whole);
    lab.write("anchor", ". IN DS 1 8\n");
    let run = lab.run(&["check", "n1.signed.test"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.error.contains("anchor: line 1: no DS record"), "{run:?}");
}
