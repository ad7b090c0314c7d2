//! How much of the catalogue was found, and what became of the mends.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::case::{Case, Mending};
use crate::play::Played;

type One<'a> = (&'a Case, Played);

pub fn of(played: &[One<'_>]) -> String {
    let (due, sound): (Vec<_>, Vec<_>) = played.iter().partition(|(case, _)| case.ids().next().is_some());
    let (found, quiet) = (right(&due), right(&sound));
    let mut text = format!(
        "\ndoctor: {} of {} scenarios found, with {} of {} ids; {} of {} that are sound give no error\n",
        scenarios(&found),
        scenarios(&due),
        ids(&found),
        ids(&due),
        scenarios(&quiet),
        scenarios(&sound),
    );
    let commands: Vec<_> = due.iter().filter_map(|(case, played)| Some((case, played.mend.as_ref()?))).collect();
    let run = commands.iter().filter(|(case, _)| matches!(case.mending, Mending::Works)).count();
    writeln!(text, "doctor: {} first mends are commands; {run} of them were run", commands.len()).unwrap();
    for (case, mend) in commands {
        if let Mending::NotHere(reason) = case.mending {
            writeln!(text, "    {}: not run, for {reason}: {mend}", case.names).unwrap();
        }
    }
    text
}

/// Those in which all is as the case has it.
fn right<'a, 'b>(cases: &[&'a One<'b>]) -> Vec<&'a One<'b>> {
    cases.iter().copied().filter(|(_, played)| played.wrong.is_empty()).collect()
}

fn scenarios(cases: &[&One<'_>]) -> usize {
    cases.iter().map(|(case, _)| case.names.split(' ').count()).sum()
}

fn ids(cases: &[&One<'_>]) -> usize {
    cases.iter().flat_map(|(case, _)| case.ids()).collect::<BTreeSet<_>>().len()
}
