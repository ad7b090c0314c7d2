//! Cases written by hand: each trap of the files, options and requests by name, and each deviation. What holds here does
//! not hang on a seed.
//!
//! Every case begins as [`Case::good`](crate::case::Case::good): alice of the node 10.77.0.1, which shosts.equiv and
//! ssh_known_hosts know by its address, with an Ed25519 key.

mod account;
mod certificates;
mod equiv;
mod known_hosts;
mod names;
mod netgroups;
mod own_files;
mod request;
mod revocations;
mod revoked;

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::case::{Case, KNOWN_HOSTS, NODE, SHOSTS_EQUIV};
use crate::compare::Outcome;
use crate::deviations::DEVIATIONS;
use crate::material::Material;
use crate::run::{Played, play_all};

/// A case by name: what is done to the login that works, and what must come of it.
struct Directed {
    name: &'static str,
    expect: Expect,
    make: fn(&mut Case, &Material),
}

/// What must come of a case.
#[derive(Clone, Copy)]
enum Expect {
    /// Both let the user in.
    Accept,
    /// Both refuse, ours by this code.
    Refuse(&'static str),
    /// The row of docs/deviations.md that this shows: we refuse by this code, or accept.
    Deviate(&'static str, Option<&'static str>),
}

use Expect::{Accept, Deviate, Refuse};

/// Every case.
fn all() -> Vec<&'static Directed> {
    let tables: [&[Directed]; 10] = [
        &account::CASES,
        &certificates::CASES,
        &equiv::CASES,
        &known_hosts::CASES,
        &names::CASES,
        &netgroups::CASES,
        &own_files::CASES,
        &request::CASES,
        &revocations::CASES,
        &revoked::CASES,
    ];
    tables.into_iter().flatten().collect()
}

#[test]
fn each_trap_is_decided_alike_and_each_deviation_is_needed() {
    needs!(crate::needs_lab::missing());
    let cases = all();
    let material = Material::make();
    let failures = Mutex::new(Vec::new());
    let needed = Mutex::new(BTreeSet::new());
    let make = |index: usize| {
        let mut case = Case::good(&material);
        case.name = cases[index].name.into();
        (cases[index].make)(&mut case, &material);
        case
    };
    play_all(&material, cases.len(), make, |index, case, played| {
        if let Outcome::Known(deviation) = &played.outcome {
            needed.lock().unwrap().insert(deviation.row);
        }
        if let Some(failure) = failure(cases[index], case, &played) {
            failures.lock().unwrap().push((index, failure));
        }
    });
    let (mut failures, needed) = (failures.into_inner().unwrap(), needed.into_inner().unwrap());
    failures.sort();
    let told: String = failures.iter().map(|(_, told)| format!("\n--- {told}")).collect();
    assert!(failures.is_empty(), "{} of {} cases:{told}", failures.len(), cases.len());
    for deviation in DEVIATIONS.iter().filter(|deviation| deviation.is_shown_here()) {
        assert!(needed.contains(deviation.row), "no case needs this deviation any more: {}", deviation.row);
    }
}

fn failure(directed: &Directed, case: &Case, played: &Played) -> Option<String> {
    let (code, row) = match directed.expect {
        Accept => (None, None),
        Refuse(code) => (Some(code), None),
        Deviate(row, code) => (code, DEVIATIONS.iter().find(|one| one.row == row && one.is_shown_here())),
    };
    let ours = played.decision.code.as_deref();
    let problem = match &played.outcome {
        Outcome::Differ(told) => format!("they differ: {told}"),
        Outcome::Known(deviation) if row.is_none_or(|row| row.row != deviation.row) => {
            format!("they differ by the row {:?}\n{case}", deviation.row)
        }
        Outcome::Agree if row.is_some() => format!("they agree, with no deviation\n{case}{}", played.judgement.log),
        _ if ours != code => format!("ours is {ours:?}, expected {code:?}\n{case}{}", played.decision.steps),
        _ => return None,
    };
    Some(format!("{}: {problem}", directed.name))
}

/// The server goes by names: both files have the node by its name.
fn by_name(case: &mut Case, material: &Material) {
    case.set("UseDNS", "yes");
    case.write(SHOSTS_EQUIV, format!("{NODE}\n"));
    case.write(KNOWN_HOSTS, format!("{NODE} {}\n", material.line("ed25519")));
}

/// The server takes the client's word for its name: both files have the node by its name.
fn by_packet(case: &mut Case, material: &Material) {
    by_name(case, material);
    case.set("UseDNS", "no");
    case.set("HostbasedUsesNameFromPacketOnly", "yes");
}
