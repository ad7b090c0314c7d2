//! Generated cases.

use std::sync::Mutex;

use crate::compare::Outcome;
use crate::generate;
use crate::material::Material;
use crate::run::{Tally, play_all};

/// The seed of every run. A failure names it and the case's number, by which the case comes again.
const SEED: u64 = 0x0068_6f73_7462_6564;

/// How many cases belong to every change; `HOSTBASED_DIFFERENTIAL_CASES` has another number.
const CASES: usize = 300;

/// How many differences are told in full.
const TOLD: usize = 5;

#[test]
fn generated_logins_are_decided_alike() {
    needs!(crate::needs_lab::missing());
    let cases = match std::env::var("HOSTBASED_DIFFERENTIAL_CASES") {
        Ok(number) => number.parse().expect("HOSTBASED_DIFFERENTIAL_CASES is a number"),
        Err(_) => CASES,
    };
    let material = Material::make();
    let tally = Mutex::new(Tally::default());
    let differences = Mutex::new(Vec::new());
    play_all(
        &material,
        cases,
        |index| generate::case(&material, SEED, u64::try_from(index).unwrap()),
        |index, _, played| {
            let mut tally = tally.lock().unwrap();
            tally.count(if played.judgement.accepts() { "accepted by sshd" } else { "refused by sshd" });
            tally.count(format!("ours: {}", played.decision.code.as_deref().unwrap_or("accept")));
            match played.outcome {
                Outcome::Agree => {}
                Outcome::Known(deviation) => tally.count(format!("deviation: {}", deviation.row)),
                Outcome::Differ(told) => differences.lock().unwrap().push((index, told)),
            }
        },
    );
    let (tally, mut differences) = (tally.into_inner().unwrap(), differences.into_inner().unwrap());
    eprintln!("{cases} logins:\n{tally}");
    differences.sort();
    let told: String = differences
        .iter()
        .take(TOLD)
        .map(|(index, told)| format!("\n--- seed {SEED:#x}, case {index}: {told}"))
        .collect();
    let rest: Vec<_> = differences.iter().map(|(index, _)| index).collect();
    assert!(differences.is_empty(), "{} of {cases} logins are decided otherwise ({rest:?}):{told}", differences.len());
    // A generator that makes nothing but refusals, or none, proves nothing.
    let accepted = tally.of("accepted by sshd");
    assert!((cases / 4..=cases * 3 / 4).contains(&accepted), "sshd accepts {accepted} of {cases}");
}
