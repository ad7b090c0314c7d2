//! `--fix`: running the mends that are safe, each without a shell.
#![allow(clippy::disallowed_types, reason = "runs the commands that were shown, and nothing else")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use super::super::Console;
use super::super::confirm::{Answer, ConfirmArgs, Proposal, confirm};
use super::super::failure::Failure;
use super::quote::quoted;
use crate::doctor::{Finding, Machine, Mend, Rights};
use crate::escape::escape;

/// Where the programs of mends are: PATH is not asked, for this may run as root.
const FOLDERS: [&str; 4] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Our own command, under whatever name and wherever it runs.
const OURSELVES: &str = "hostbased";

/// Options of both sides.
#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct FixArgs {
    /// Run the mends that are safe: they let nobody in who was not, and can be run again
    #[arg(long)]
    fix: bool,

    /// With --fix: show what would be run, and run nothing
    #[arg(long, requires = "fix", conflicts_with = "yes")]
    dry_run: bool,

    /// With --fix: run it without asking
    #[arg(long, requires = "fix")]
    yes: bool,
}

/// A mend that was run.
#[derive(Debug, Serialize)]
struct Record<'a> {
    record: &'static str,
    id: &'static str,
    argv: &'a [String],
    /// `done`, or what it said.
    status: String,
    good: bool,
}

/// A mend that may be run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step<'a> {
    finding: &'a Finding,
    argv: &'a [String],
}

/// Runs the safe mends of this machine, after they were shown and confirmed. Says whether all that were run did their work.
///
/// # Errors
/// [`Failure::NoConfirmation`] without a terminal and without `--yes`; when the output cannot be written.
pub(super) fn run(
    args: &FixArgs,
    machine: Machine,
    findings: &[Finding],
    json: bool,
    console: &mut Console,
) -> Result<bool, Failure> {
    if !args.fix {
        return Ok(true);
    }
    let is_root = nix::unistd::geteuid().is_root();
    let steps = safe(findings, machine, is_root);
    let mut lines: Vec<String> = steps.iter().map(|step| format!("run: {}", quoted(step.argv))).collect();
    if steps.is_empty() {
        lines.push("no mend of this machine can be run without a decision of yours".to_owned());
        if !is_root && !safe(findings, machine, true).is_empty() {
            lines.push("some can as root: run this again as root, with --fix".to_owned());
        }
    }
    let proposal = Proposal {
        changes: !steps.is_empty(),
        lines,
        json,
        question: (!args.yes).then_some("Run these commands? (yes/no) "),
    };
    let confirmed = confirm(&ConfirmArgs { dry_run: args.dry_run, yes: args.yes }, &proposal, console)?;
    confirmed.shown?;
    if confirmed.answer != Answer::Write {
        return Ok(true);
    }
    let mut all_good = true;
    for step in steps {
        let done = execute(step.argv);
        all_good &= done.is_ok();
        let status = done.as_ref().map_or_else(Clone::clone, |()| "done".to_owned());
        if json {
            let Step { finding, argv } = step;
            let record = Record { record: "fix", id: finding.id.word(), argv, status, good: done.is_ok() };
            console.line(&serde_json::to_string(&record).map_err(std::io::Error::from)?)?;
        } else {
            console.line(&format!("{}: {status}", quoted(step.argv)))?;
        }
    }
    Ok(all_good)
}

/// Of each finding the first mend that is safe and for this machine; each command once.
fn safe<'a>(findings: &'a [Finding], on: Machine, is_root: bool) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    for finding in findings {
        let first = finding.mends.iter().find_map(|mend| match mend {
            Mend::Command { machine, rights, argv, is_safe: true }
                if *machine == on && (is_root || *rights == Rights::User) =>
            {
                Some(argv)
            }
            _ => None,
        });
        if let Some(argv) = first.filter(|argv| steps.iter().all(|step| step.argv != argv.as_slice())) {
            steps.push(Step { finding, argv });
        }
    }
    steps
}

/// Runs it to its end: nothing on its input, and an environment of its own.
fn execute(argv: &[String]) -> Result<(), String> {
    let (program, arguments) = argv.split_first().ok_or("nothing to run")?;
    let path = program_path(program).ok_or_else(|| format!("there is no {} on this machine", escape(program)))?;
    let output = Command::new(path)
        .args(arguments)
        .env_clear()
        .env("PATH", FOLDERS.join(":"))
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stderr, output.stdout].concat();
    let last = said.trim_ascii().rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    Err(format!("failed ({}): {}", output.status, escape(last)))
}

fn program_path(program: &str) -> Option<PathBuf> {
    if program == OURSELVES {
        return std::env::current_exe().ok();
    }
    if program.starts_with('/') {
        return Some(PathBuf::from(program));
    }
    FOLDERS.iter().map(|folder| Path::new(folder).join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failures::Id;
    use crate::severity::Severity;

    fn finding(mends: &[(Machine, Rights, &str, bool)]) -> Finding {
        let command = |&(machine, rights, program, is_safe): &(Machine, Rights, &str, bool)| Mend::Command {
            machine,
            rights,
            argv: vec![program.to_owned()],
            is_safe,
        };
        Finding {
            id: Id::PubFilesUnreadable,
            severity: Severity::Error,
            machine: Machine::Client,
            seen: String::new(),
            place: None,
            why: String::new(),
            mends: mends.iter().map(command).collect(),
        }
    }

    #[test]
    fn only_what_is_safe_and_for_this_machine_and_these_rights_is_run_and_once() {
        use Machine::{Client, Server};
        use Rights::{Root, User};
        let findings = [
            finding(&[(Client, Root, "a", false), (Client, Root, "b", true), (Client, Root, "c", true)]),
            finding(&[(Server, Root, "d", true)]),
            finding(&[(Client, Root, "b", true)]),
            finding(&[(Client, User, "e", true)]),
        ];
        let programs = |on, is_root| -> Vec<String> {
            safe(&findings, on, is_root).iter().map(|step| step.argv.concat()).collect()
        };
        assert_eq!(programs(Client, true), ["b", "e"]);
        assert_eq!(programs(Client, false), ["e"]);
        assert_eq!(programs(Server, true), ["d"]);
    }

    #[test]
    fn what_a_command_says_when_it_fails_is_told() {
        assert_eq!(execute(&["true".to_owned()]), Ok(()));
        let failed = execute(&["ls", "/no\x1bsuch"].map(str::to_owned)).unwrap_err();
        assert!(failed.starts_with("failed (exit status: 2): /"), "{failed}");
        assert!(!failed.contains('\x1b'), "{failed}");
        assert_eq!(execute(&["no-such".to_owned()]), Err("there is no no-such on this machine".to_owned()));
    }
}
