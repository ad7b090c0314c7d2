//! `hostbased shosts list`: whom shosts.equiv admits, and whom it shuts out.

use serde::Serialize;

use super::line::denies;
use super::report::write_json;
use crate::cli::arguments::RootFolder;
use crate::cli::failure::Failure;
use crate::cli::style::Style;
use crate::cli::table::Table;
use crate::cli::{Console, Outcome};
use crate::enroll::read_files;
use crate::escape::escape;
use crate::shosts::{Entry, Field, Who};

/// List the entries of shosts.equiv in their order: the first that matches decides.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line: each entry, and how many there are
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct EntryRecord {
    record: &'static str,
    line: usize,
    host: String,
    /// Whether the host is a netgroup.
    netgroup: bool,
    /// Absent where users of the same name are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    denies: bool,
}

#[derive(Serialize)]
struct RunRecord {
    record: &'static str,
    command: &'static str,
    entries: usize,
    notes: [String; 0],
}

/// Lists the entries. Good whatever they are.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let files = read_files(&args.root.root())?;
    let entries: Vec<(usize, &Entry)> = files.shosts.entries().collect();
    if args.json {
        for (line, entry) in &entries {
            let record = EntryRecord {
                record: "host",
                line: *line,
                host: name(entry.host()),
                netgroup: matches!(entry.host().who, Who::Netgroup(_)),
                user: entry.user().map(name),
                denies: denies(entry),
            };
            write_json(&record, console)?;
        }
        write_json(&RunRecord { record: "run", command: "shosts list", entries: entries.len(), notes: [] }, console)?;
        return Ok(Outcome::Good);
    }
    if entries.is_empty() {
        console.line("no host is admitted")?;
        return Ok(Outcome::Good);
    }
    let mut table = Table::new(&["LINE", "DOES", "HOST", "USER", "INTO"]);
    for (line, entry) in &entries {
        let (does, style) = if denies(entry) { ("shuts out", Style::Bad) } else { ("admits", Style::Good) };
        let into = if entry.user().is_some() { "every account but root" } else { "the account of the same name" };
        let user = entry.user().map_or_else(|| "any".to_owned(), name);
        table.row([
            (line.to_string(), None),
            (does.to_owned(), Some(style)),
            (name(entry.host()), None),
            (user, None),
            (into.to_owned(), None),
        ]);
    }
    console.lines(table.lines(console))?;
    Ok(Outcome::Good)
}

/// The name of a field, without its sign.
fn name(field: &Field) -> String {
    match &field.who {
        Who::Name(name) => escape(name).to_string(),
        Who::Netgroup(group) => format!("@{}", escape(group)),
    }
}
