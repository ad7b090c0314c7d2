//! A plan, for people and for programs.

use std::io;

use serde::Serialize;

use super::job::{Done, Job};
use crate::cli::Console;
use crate::cli::confirm::Answer;
use crate::cli::doctor::quote::quoted;
use crate::cli::report::{NOT_CONFIRMED, line_text};
use crate::cli::style::Style;
use crate::escape::escape;
use crate::setup::{Action, Plan, Step, diff};
use crate::store::{Ownership, Root};

/// What is to be done, for people: each step with its reason and what takes it back.
pub(super) fn lines(plan: &Plan, root: &Root, console: &Console) -> Vec<String> {
    plan.steps.iter().flat_map(|step| step_lines(step, root, console)).collect()
}

fn step_lines(step: &Step, root: &Root, console: &Console) -> Vec<String> {
    let mut lines = vec![what(&step.action, root)];
    lines.extend(changes(&step.action).into_iter().map(|change| {
        let (style, sign) = if change.is_new { (Style::Added, '+') } else { (Style::Removed, '-') };
        format!("  {}", console.paint(style, &format!("{sign} {}", line_text(&change.text))))
    }));
    lines.push(format!("      why: {}", step.why));
    lines.push(format!("      undo: {}", step.undo));
    lines
}

fn changes(action: &Action) -> Vec<crate::setup::DiffLine> {
    match action {
        Action::Write { old, new, .. } => diff(old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default()),
        Action::WritePublic { old, new, .. } => diff(old.as_deref().unwrap_or_default(), new),
        _ => Vec::new(),
    }
}

/// A path as it lies below the root, escaped.
fn below(root: &Root, path: &str) -> String {
    escape(root.join(path).as_os_str().as_encoded_bytes()).to_string()
}

/// One line on what a step does.
fn what(action: &Action, root: &Root) -> String {
    let shown = |path: &str| below(root, path);
    match action {
        Action::Write { path, old: None, .. } => format!("create {}", shown(path)),
        Action::Write { path, new: None, .. } | Action::Delete { path } => format!("delete {}", shown(path)),
        Action::Write { path, .. } => format!("change {} (the old one is kept as {}.old)", shown(path), shown(path)),
        Action::MakeKey { path, kind, bits } => {
            let bits = bits.map(|bits| format!(" of {bits} bits")).unwrap_or_default();
            format!("make a host key, {kind}{bits}: {}", shown(path))
        }
        Action::WritePublic { path, old: None, .. } => format!("create {}", shown(path)),
        Action::WritePublic { path, .. } => {
            format!("change {} (the old one is kept as {}.old)", shown(path), shown(path))
        }
        Action::SetOwnership { path, old, new } => format!("{} of {}", modes(*old, *new), shown(path)),
        Action::SetFolderMode { folder, old, new, .. } => format!("mode {old:04o} to {new:04o} of {}", shown(folder)),
        Action::Run { .. } => format!("run {}", quoted(&argv(action, root))),
        Action::Install { from, path, ownership } => {
            format!("install {} as {}, mode {:04o}", escape(from), shown(path), ownership.mode)
        }
        Action::Rename { path, to } => format!("rename {} to {}", shown(path), shown(to)),
        Action::Link { path, target } => format!("link {} to {target}", shown(path)),
    }
}

fn modes(old: Ownership, new: Ownership) -> String {
    let owner = |ownership: Ownership| format!("{}:{}", ownership.owner, ownership.group);
    let mode = format!("mode {:04o} to {:04o}", old.mode, new.mode);
    match (owner(old) == owner(new), old.mode == new.mode) {
        (true, _) => mode,
        (false, true) => format!("owner {} to {}", owner(old), owner(new)),
        (false, false) => format!("owner {} to {}, {mode}", owner(old), owner(new)),
    }
}

/// The program that a step runs.
fn argv(action: &Action, root: &Root) -> Vec<String> {
    let Action::Run { tool, arguments } = action else { return Vec::new() };
    let image = if root.is_system() {
        Vec::new()
    } else {
        vec!["--root".to_owned(), escape(root.path().as_os_str().as_encoded_bytes()).to_string()]
    };
    [vec![tool.name().to_owned()], image, arguments.clone()].concat()
}

/// What came of it, for people.
pub(super) fn tell(job: &Job<'_>, done: &Done, console: &mut Console) -> io::Result<()> {
    for left in &job.plan.left {
        let line = console.paint(Style::Warn, left);
        console.line(&line)?;
    }
    console.lines(job.plan.notes.iter().cloned())?;
    console.line(match done.answer {
        Answer::Write => "written",
        Answer::Declined => NOT_CONFIRMED,
        Answer::Nothing if job.plan.steps.is_empty() => "nothing to do",
        Answer::Nothing => "nothing was written: --dry-run",
    })?;
    if done.answer == Answer::Write {
        console.lines(job.then.iter().cloned())?;
    }
    console.flush()
}

#[derive(Serialize)]
struct StepRecord<'a> {
    record: &'static str,
    action: &'static str,
    path: Option<String>,
    /// What it does, for people.
    text: String,
    /// The lines that change.
    changes: Vec<Line>,
    /// The program that is run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    argv: Vec<String>,
    why: &'a str,
    undo: &'a str,
}

#[derive(Serialize)]
struct Line {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<String>,
}

#[derive(Serialize)]
struct RunRecord<'a> {
    record: &'static str,
    command: &'static str,
    dry_run: bool,
    written: bool,
    steps: usize,
    /// What is not as it should be, and stays so.
    left: &'a [String],
    /// What is still to be done, by somebody else.
    then: &'a [String],
    notes: &'a [String],
}

/// The same for programs: one object for each step, then one for the run.
pub(super) fn tell_json(job: &Job<'_>, done: &Done, console: &mut Console) -> io::Result<()> {
    for step in &job.plan.steps {
        let changes = changes(&step.action).into_iter().map(|change| {
            let text = Some(line_text(&change.text));
            let (old, new) = if change.is_new { (None, text) } else { (text, None) };
            Line { line: change.line, old, new }
        });
        let path = step.action.path().map(|path| below(job.root, path));
        let record = StepRecord {
            record: "step",
            action: step.action.word(),
            path,
            text: what(&step.action, job.root),
            changes: changes.collect(),
            argv: argv(&step.action, job.root),
            why: &step.why,
            undo: &step.undo,
        };
        console.line(&serde_json::to_string(&record)?)?;
    }
    let written = done.answer == Answer::Write;
    let run = RunRecord {
        record: "run",
        command: job.command,
        dry_run: job.confirm.dry_run,
        written,
        steps: job.plan.steps.len(),
        left: &job.plan.left,
        then: if written { &job.then } else { &[] },
        notes: &job.plan.notes,
    };
    console.line(&serde_json::to_string(&run)?)?;
    console.flush()
}
