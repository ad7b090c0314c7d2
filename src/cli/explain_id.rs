//! `hostbased explain-id`: one entry of the catalogue of failures, or the list of them.

use std::io;

use serde::Serialize;

use super::failure::Failure;
use super::style::Style;
use super::table::Table;
use super::{Console, Outcome};
use crate::failures::{Entry, Id, Step, markdown, wrapped};

/// How wide prose is, where there is room.
const WIDTH: u16 = 100;

/// Where texts begin, behind their headings.
const INDENT: usize = 12;

/// Tell what a failure's id means: what is seen, why, how to see it beforehand, and what mends it.
///
/// `hostbased doctor` names the ids, by word and number; both stay from release to release. Names and addresses in the texts
/// are examples.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A word or number of the catalogue [default: a list of all]
    #[arg(value_name = "ID", value_parser = id)]
    ids: Vec<Id>,

    /// Print JSON: one object a line for each entry
    #[arg(long, conflicts_with = "markdown")]
    json: bool,

    /// Print the whole catalogue as a page in Markdown
    #[arg(long, conflicts_with = "ids")]
    markdown: bool,
}

/// Prints what was asked for.
///
/// # Errors
/// When it cannot be written.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let ids = if args.ids.is_empty() { Id::ALL } else { &args.ids };
    if args.markdown {
        console.text(markdown().as_bytes())?;
    } else if args.json {
        for &id in ids {
            write_json(&Record::new(Entry::of(id)), console)?;
        }
        write_json(&Run { record: "run", command: "explain-id", entries: ids.len() }, console)?;
    } else if args.ids.is_empty() {
        let lines = list().lines(console);
        console.lines(lines)?;
    } else {
        for (number, &id) in ids.iter().enumerate() {
            if number > 0 {
                console.line("")?;
            }
            let lines = text(Entry::of(id), console);
            console.lines(lines)?;
        }
    }
    Ok(Outcome::Good)
}

fn write_json(record: &impl Serialize, console: &mut Console) -> io::Result<()> {
    console.line(&serde_json::to_string(record)?)
}

/// An id, or which ones may have been meant.
fn id(text: &str) -> Result<Id, String> {
    text.parse().map_err(|_| {
        let near: Vec<&str> = Id::near(text).into_iter().map(Id::word).collect();
        match near.as_slice() {
            [] => format!("no failure has this id; {LIST}"),
            near => format!("no failure has this id; near to it: {}; {LIST}", near.join(", ")),
        }
    })
}

/// Where all of them are.
const LIST: &str = "`hostbased explain-id` lists them";

fn list() -> Table {
    let mut table = Table::new(&["NUMBER", "ID", "SIDE", "SEVERITY", "MEANING"]);
    for &id in Id::ALL {
        let Entry { side, severity, title, .. } = Entry::of(id);
        let number = id.number().to_string();
        table.row([number.as_str(), id.word(), side.word(), severity.word(), title].map(|cell| (cell, None)));
    }
    table
}

/// An entry for people.
fn text(entry: &Entry, console: &Console) -> Vec<String> {
    let Entry { id, side, severity, title, symptom, cause, check, mend, source, releases } = entry;
    let width = usize::from(console.width().map_or(WIDTH, |width| width.min(WIDTH))).saturating_sub(INDENT);
    let item = |heading: &str, text: &str| {
        let heading = format!("  {heading}:");
        let lines = wrapped(text, width).into_iter();
        lines.enumerate().map(move |(number, line)| match number {
            0 => format!("{heading:INDENT$}{line}"),
            _ => format!("{:INDENT$}{line}", ""),
        })
    };
    let shown = console.paint(Style::of(*severity), severity.word());
    let mut lines =
        vec![format!("{id} ({}): {title}", id.number()), format!("  {shown}, {}", side.word()), String::new()];
    lines.extend(item("seen", symptom));
    lines.extend(item("cause", cause));
    lines.extend(item("check", check));
    let mut file_before = None;
    for step in *mend {
        let (file, line) = match step {
            Step::Say(text) => {
                lines.extend(item("mend", text));
                continue;
            }
            Step::Root(command) => (None, format!("# {command}")),
            Step::User(command) => (None, format!("$ {command}")),
            Step::Line { file, text } => (Some(file), (*text).to_owned()),
        };
        if let Some(file) = file.filter(|_| file != file_before) {
            lines.push(format!("{:INDENT$}in {file}:", ""));
        }
        lines.push(format!("{:INDENT$}    {line}", ""));
        file_before = file;
    }
    lines.extend(releases.iter().flat_map(|releases| item("releases", releases)));
    lines.extend(item("source", source));
    lines
}

/// An entry, for programs.
#[derive(Debug, Serialize)]
struct Record {
    record: &'static str,
    id: &'static str,
    number: u16,
    side: &'static str,
    severity: &'static str,
    title: &'static str,
    symptom: &'static str,
    cause: &'static str,
    check: &'static str,
    mend: Vec<StepRecord>,
    releases: Option<&'static str>,
    source: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum StepRecord {
    Advice { text: &'static str },
    Command { rights: &'static str, text: &'static str },
    Line { file: &'static str, text: &'static str },
}

/// That this was all.
#[derive(Debug, Serialize)]
struct Run {
    record: &'static str,
    command: &'static str,
    entries: usize,
}

impl Record {
    fn new(entry: &'static Entry) -> Self {
        let Entry { id, side, severity, title, symptom, cause, check, mend, source, releases } = *entry;
        Self {
            record: "entry",
            id: id.word(),
            number: id.number(),
            side: side.word(),
            severity: severity.word(),
            title,
            symptom,
            cause,
            check,
            mend: mend.iter().map(StepRecord::new).collect(),
            releases,
            source,
        }
    }
}

impl StepRecord {
    const fn new(step: &Step) -> Self {
        match *step {
            Step::Say(text) => Self::Advice { text },
            Step::Root(text) => Self::Command { rights: "root", text },
            Step::User(text) => Self::Command { rights: "user", text },
            Step::Line { file, text } => Self::Line { file, text },
        }
    }
}
