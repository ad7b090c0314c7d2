//! Judging, mending what has one right answer, and telling.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use serde::Serialize;

use super::gather::Gathered;
use super::report::{Counts, FindingRecord, lines};
use crate::cli::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use crate::cli::failure::Failure;
use crate::cli::report::line_text;
use crate::cli::style::Style;
use crate::cli::{Console, Outcome};
use crate::enroll::ApplyError;
use crate::escape::escape;
use crate::lint::{Code, File, Finding, Mended, Rewritten, lint, mend};
use crate::store::{self, EditError};

/// Options of the commands that judge.
#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct MendArgs {
    /// Leave this finding out, by its code (--codes lists them); give it once for each
    #[arg(long, value_name = "CODE")]
    allow: Vec<Code>,

    /// Mend what has one right answer and admits nobody who is not admitted now
    #[arg(long)]
    fix: bool,

    /// Mend also what lets somebody in: lines that were meant to, and do not
    #[arg(long)]
    fix_admitting: bool,

    #[command(flatten)]
    confirm: ConfirmArgs,
}

impl MendArgs {
    fn fixes(&self) -> bool {
        self.fix || self.fix_admitting
    }

    fn wants(&self, finding: &Finding) -> bool {
        let admits = finding.fix.as_ref().is_some_and(|fix| fix.admits);
        !self.allow.contains(&finding.code) && (self.fix_admitting || !admits)
    }
}

#[derive(Serialize)]
struct ChangeRecord {
    record: &'static str,
    file: String,
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    new: Vec<String>,
}

#[derive(Serialize)]
struct RunRecord<'a> {
    record: &'static str,
    command: &'a str,
    dry_run: bool,
    written: bool,
    matched_by: Option<&'static str>,
    errors: usize,
    warnings: usize,
    information: usize,
    fixable: usize,
    mended: usize,
    notes: &'a [String],
}

/// Judges what was gathered, mends it if that is asked for, and tells what is left.
///
/// # Errors
/// [`Failure`].
pub(in crate::cli) fn run_linter(
    command: &str,
    gathered: &Gathered,
    args: &MendArgs,
    json: bool,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let mut run = Run { command, args, json, written: false, mended: 0, shown: Ok(()) };
    if !args.fixes() {
        return run.tell(gathered, console);
    }
    let mended = mend(&gathered.inputs(), |finding| args.wants(finding));
    let changes = !mended.findings.is_empty();
    let proposal = Proposal { changes, lines: change_lines(&mended, gathered, console), json, question: None };
    let Confirmed { answer, shown } = confirm(&args.confirm, &proposal, console)?;
    run.shown = shown;
    if json {
        let told = change_records(&mended, gathered).into_iter().try_for_each(|record| write_json(&record, console));
        run.shown = run.shown.and(told);
    }
    let mut now = Gathered::clone(gathered);
    match answer {
        Answer::Write => {
            let (applied, new) = apply(gathered, args)?;
            if !json && applied != mended {
                run.shown = run.shown.and_then(|()| {
                    console.line("another writer was there at the same time; this is what was changed:")?;
                    console.lines(change_lines(&applied, gathered, console))
                });
            }
            (run.written, run.mended) = (!applied.findings.is_empty(), applied.findings.len());
            for (file, bytes) in new {
                now.set(file, &bytes);
            }
            if !json {
                let line = format!("written: {} findings mended", run.mended);
                run.shown = run.shown.and_then(|()| console.line(&line));
            }
        }
        Answer::Nothing | Answer::Declined if json => {}
        Answer::Declined => run.shown = run.shown.and_then(|()| console.line("nothing was written")),
        Answer::Nothing if changes => {
            run.shown = run.shown.and_then(|()| console.line("nothing was written: --dry-run"))
        }
        Answer::Nothing => {}
    }
    let declined = answer == Answer::Declined;
    let outcome = run.tell(&now, console)?;
    Ok(if declined { Outcome::Refused } else { outcome })
}

/// What was done, and what the files hold now.
type Applied = (Mended, Vec<(File, Vec<u8>)>);

/// Mends the files as they are under their locks.
fn apply(gathered: &Gathered, args: &MendArgs) -> Result<Applied, Failure> {
    let mut applied = Mended::default();
    let mut contents = Vec::new();
    // Under the lock other content may be there than was shown.
    let mut change = |files: &[File], old: &[Option<&[u8]>]| {
        let mut now = gathered.clone();
        for (&file, old) in files.iter().zip(old) {
            now.set(file, old.unwrap_or_default());
        }
        applied = mend(&now.inputs(), |finding| args.wants(finding));
        let new_of = |file: File| rewritten(&applied, file).map(|rewritten| rewritten.bytes.clone());
        let new: Vec<Option<Vec<u8>>> = files.iter().map(|&file| new_of(file)).collect();
        for ((&file, old), new) in files.iter().zip(old).zip(&new) {
            contents.push((file, new.clone().unwrap_or_else(|| old.unwrap_or_default().to_vec())));
        }
        new
    };
    let root = &gathered.root;
    let path = |file| Path::new(gathered.path(file));
    // Who loses an entry of shosts.equiv is shut out at once.
    let pair = [File::ShostsEquiv, File::KnownHosts];
    match pair.map(|file| gathered.has(file)) {
        [true, true] => {
            store::edit_pair(root, pair.map(path), |old| {
                let mut new = change(&pair, &old).into_iter();
                Ok::<_, crate::lines::EditError>([new.next().flatten(), new.next().flatten()])
            })
            .map_err(ApplyError::from)?;
        }
        [shosts, known_hosts] => {
            for file in pair.into_iter().zip([shosts, known_hosts]).filter_map(|(file, has)| has.then_some(file)) {
                store::edit(root, path(file), |old| {
                    Ok::<_, crate::lines::EditError>(change(&[file], &[old]).into_iter().next().flatten())
                })
                .map_err(|error: EditError<_>| ApplyError::from(error))?;
            }
        }
    }
    Ok((applied, contents))
}

const fn rewritten(mended: &Mended, file: File) -> Option<&Rewritten> {
    match file {
        File::KnownHosts => mended.known_hosts.as_ref(),
        File::ShostsEquiv => mended.shosts.as_ref(),
        File::KnownHosts2 | File::HostsEquiv => None,
    }
}

/// The changes for people, as diff(1) marks them.
fn change_lines(mended: &Mended, gathered: &Gathered, console: &Console) -> Vec<String> {
    let mut why: HashMap<(File, usize), Vec<&str>> = HashMap::new();
    for finding in &mended.findings {
        if let Some(line) = finding.line() {
            why.entry(line).or_default().push(finding.code.word());
        }
    }
    let mut lines = Vec::new();
    for file in File::ALL {
        let Some(rewritten) = rewritten(mended, file) else { continue };
        lines.push(format!("{}:", escape(gathered.path(file))));
        for change in &rewritten.changes {
            let old = change.old.iter().map(|old| console.paint(Style::Removed, &format!("- {}", line_text(old))));
            lines.extend(old.map(|line| format!("  {line}")));
            let new = change.new.iter().map(|new| console.paint(Style::Added, &format!("+ {}", line_text(new))));
            lines.extend(new.map(|line| format!("  {line}")));
            // Lines that are put before another have no finding of their own.
            let codes = why.get(&(file, change.line)).filter(|_| change.old.is_some());
            let why = codes.map(|codes| format!(": {}", codes.join(", "))).unwrap_or_default();
            lines.push(format!("      line {}{why}", change.line));
        }
    }
    lines
}

fn change_records(mended: &Mended, gathered: &Gathered) -> Vec<ChangeRecord> {
    let of_file = |file| rewritten(mended, file).map(|rewritten| (file, rewritten));
    let changes = File::ALL
        .into_iter()
        .filter_map(of_file)
        .flat_map(|(file, rewritten)| rewritten.changes.iter().map(move |change| (file, change)));
    let record = |(file, change): (File, &crate::lint::RewrittenLine)| ChangeRecord {
        record: "change",
        file: escape(gathered.path(file)).to_string(),
        line: change.line,
        old: change.old.as_deref().map(line_text),
        new: change.new.iter().map(|new| line_text(new)).collect(),
    };
    changes.map(record).collect()
}

fn write_json(record: &impl Serialize, console: &mut Console) -> io::Result<()> {
    console.line(&serde_json::to_string(record).map_err(io::Error::from)?)
}

/// One run, as far as it has come.
struct Run<'a> {
    command: &'a str,
    args: &'a MendArgs,
    json: bool,
    written: bool,
    mended: usize,
    shown: io::Result<()>,
}

impl Run<'_> {
    /// Tells what is found in what is there now.
    fn tell(self, gathered: &Gathered, console: &mut Console) -> Result<Outcome, Failure> {
        let mut findings = lint(&gathered.inputs());
        findings.retain(|finding| !self.args.allow.contains(&finding.code));
        let counts = Counts::of(&findings);
        let Self { command, args, json, written, mended, shown } = self;
        let told = shown.and_then(|()| {
            let notes = gathered.notes();
            if json {
                for finding in &findings {
                    write_json(&FindingRecord::new(finding, |file| escape(gathered.path(file)).to_string()), console)?;
                }
                let run = RunRecord {
                    record: "run",
                    command,
                    dry_run: args.confirm.dry_run,
                    written,
                    matched_by: gathered.names.map(crate::enroll::Names::word),
                    errors: counts.errors,
                    warnings: counts.warnings,
                    information: counts.information,
                    fixable: counts.fixable.saturating_add(counts.admitting),
                    mended,
                    notes: &notes,
                };
                write_json(&run, console)?;
            } else {
                for finding in &findings {
                    let lines = lines(finding, gathered, console);
                    console.lines(lines)?;
                }
                console.lines(notes)?;
                console.lines(counts.lines())?;
            }
            console.flush()
        });
        let outcome = if counts.is_good() { Outcome::Good } else { Outcome::Refused };
        outcome.after_telling(told, written)
    }
}
