//! `hostbased shosts remove`: lines that admit, or shut out, go.

use std::io;

use super::line::Wanted;
use super::plan::{Plan, host_text, remove};
use super::report::{HostRecord, RunRecord, change_lines, change_records, write_json};
use crate::cli::arguments::RootFolder;
use crate::cli::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use crate::cli::failure::Failure;
use crate::cli::{Console, Outcome, netgroups};
use crate::enroll::{ApplyError, read_files, read_other_files};
use crate::lint::File;
use crate::shosts::{Document, Equiv, EquivMatch, Query};
use crate::store::{self, Root};

/// An account that no line means by its user field, because it can be none.
const ANY_USER: &[u8] = b":";

/// Take the lines that admit a host, or those that shut it out, out of shosts.equiv.
///
/// With USER only the line with that user goes. At the end shosts.equiv and /etc/hosts.equiv are asked whether they would
/// still admit the host.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A host, by the name or address that stands in the file
    #[arg(value_name = "HOST", required_unless_present = "netgroup")]
    host: Option<String>,

    /// A user on that host
    #[arg(value_name = "USER")]
    user: Option<String>,

    /// This netgroup instead of a host; then the first argument is the user
    #[arg(long, value_name = "NAME")]
    netgroup: Option<String>,

    /// The lines that shut out, instead of those that admit
    #[arg(long)]
    deny: bool,

    #[command(flatten)]
    confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line: the host, and what came of it
    #[arg(long)]
    json: bool,
}

/// Removes what the arguments name. Good when the host is not admitted any more.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let wanted = args.wanted()?;
    let others = read_other_files(&root)?;
    let files = read_files(&root)?;
    let mut plan = remove(&files.shosts, &wanted);
    let lines = change_lines(&plan, console);
    let proposal = Proposal { changes: plan.rewritten.is_some(), lines, json: args.json, question: None };
    let Confirmed { answer, shown } = confirm(&args.confirm, &proposal, console)?;
    let mut now = files.shosts.clone();
    let mut written = false;
    if answer == Answer::Write {
        written = store::edit(&root, File::ShostsEquiv.path(), |old| {
            now = Document::parse(old.unwrap_or_default());
            plan = remove(&now, &wanted);
            let new = plan.rewritten.as_ref().map(|rewritten| rewritten.bytes.clone());
            if let Some(new) = &new {
                now = Document::parse(new);
            }
            Ok::<_, crate::lines::EditError>(new)
        })
        .map_err(ApplyError::from)?;
    } else if let Some(rewritten) = plan.rewritten.as_ref().filter(|_| answer == Answer::Nothing) {
        now = Document::parse(&rewritten.bytes);
    }
    let still = still_admitted(&root, &wanted, [(File::ShostsEquiv, &now), (File::HostsEquiv, &others.hosts_equiv)]);
    let declined = answer == Answer::Declined;
    let not_asked = if root.is_system() { None } else { netgroups::not_asked(&files) };
    let notes: Vec<String> = plan.notes.iter().cloned().chain(still.iter().cloned()).chain(not_asked).collect();
    let told = shown.and_then(|()| tell(args, (&wanted, &plan), (declined, written), &notes, console));
    let good = still.is_empty() && plan.notes.is_empty() && !declined;
    (if good { Outcome::Good } else { Outcome::Refused }).after_telling(told, written)
}

impl Args {
    fn wanted(&self) -> Result<Wanted, Failure> {
        let bytes = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let (host, user) = match &self.netgroup {
            Some(_) if self.user.is_some() => {
                return Err(Failure::Argument("with --netgroup, the only argument is a user".to_owned()));
            }
            Some(group) => ([b"@", group.as_bytes()].concat(), bytes(&self.host)),
            None => (bytes(&self.host).unwrap_or_default(), bytes(&self.user)),
        };
        Ok(Wanted { host, user, denies: self.deny })
    }
}

/// Which lines admit the host all the same, to accounts of the same name.
fn still_admitted(root: &Root, wanted: &Wanted, files: [(File, &Document); 2]) -> Vec<String> {
    if wanted.denies || wanted.user.is_some() || wanted.host.starts_with(b"@") {
        return Vec::new();
    }
    let query = Query { host: &wanted.host, address: &wanted.host, client_user: ANY_USER, server_user: ANY_USER };
    let said =
        files.into_iter().filter_map(|(file, document)| match document.check(&query, netgroups::of_root(root)) {
            EquivMatch::Allow { line } => {
                Some(format!("{} would still be admitted, by {}:{line}", host_text(wanted), file.path()))
            }
            _ => None,
        });
    said.collect()
}

fn tell(
    args: &Args,
    (wanted, plan): (&Wanted, &Plan),
    (declined, written): (bool, bool),
    notes: &[String],
    console: &mut Console,
) -> io::Result<()> {
    let status = match () {
        () if declined => "declined",
        () if plan.rewritten.is_some() => "removed",
        () => "unchanged",
    };
    if args.json {
        let host = HostRecord {
            record: "host",
            host: host_text(wanted),
            status,
            findings: Vec::new(),
            traps: Vec::new(),
            refused: Vec::new(),
            changes: change_records(plan),
        };
        write_json(&host, console)?;
        write_json(&RunRecord::of("shosts remove", status, args.confirm.dry_run, written, notes), console)?;
    } else {
        console.lines(notes.iter().cloned())?;
        console.line(match status {
            "declined" => "nothing was written",
            "unchanged" => "nothing to change: no such line",
            _ if args.confirm.dry_run => "nothing was written: --dry-run",
            _ => "written",
        })?;
    }
    console.flush()
}
