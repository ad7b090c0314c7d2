//! The first error is the cause, and what only follows from it is left out.

use super::*;
use Severity::Error;

#[test]
fn findings_come_in_the_order_of_a_login() {
    let facts = with(|facts| {
        facts.options = options("hostbasedauthentication no\nuser bob\nproxyjump login\nstricthostkeychecking yes");
        facts.target.as_mut().unwrap().known[0].lines = 0;
        facts.keys.keys[0].public = PublicFile::Missing;
        facts.helper.self_test = Some(SelfTest::NotEnabled);
        facts.global = global_text("Match exec true\n User x\n");
        facts.system.kernel_release = "6.1.1".to_owned();
        offer_and_sign(facts);
    });
    let numbers: Vec<u16> = judged(&facts).into_iter().map(|(number, _)| number).collect();
    assert_eq!(numbers, [1, 112, 29, 6, 77, 91, 121, 122]);
}

#[test]
fn what_follows_from_an_error_is_left_out() {
    // A helper that is not there signs nothing, and ssh -G that fails says nothing.
    let facts = with(|facts| {
        facts.helper = Helper::default();
        facts.helper.path = Some(HELPER.to_owned());
        facts.helper.file = Some(Err("No such file or directory".to_owned()));
    });
    assert_eq!(judged(&facts), [(15, Error)]);
    let facts = with(|facts| {
        facts.ssh_fails = vec!["Bad owner or permissions on /etc/ssh/x".to_owned()];
        facts.options = Options::default();
        facts.helper.self_test = Some(SelfTest::Config("Bad owner or permissions on /etc/ssh/x".to_owned()));
    });
    assert_eq!(judged(&facts), [(12, Error)]);
}
