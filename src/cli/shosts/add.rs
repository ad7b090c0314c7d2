//! `hostbased shosts add`: a line that admits, or shuts out.

use std::io;

use super::line::Wanted;
use super::plan::{Plan, add, finding_text, host_text};
use super::report::{HostRecord, RunRecord, change_lines, change_records, finding_record, write_json};
use crate::cli::arguments::RootFolder;
use crate::cli::checks::{CheckArgs, Checked, Checker, FindingReport};
use crate::cli::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use crate::cli::failure::Failure;
use crate::cli::report::Reason;
use crate::cli::{Console, Outcome, list, netgroups};
use crate::dns::{Severity, Subject, View};
use crate::enroll::{ApplyError, Files, HostSpec, Names, OtherFiles, neighbours, read_files, read_other_files};
use crate::lint::{Code, File, Inputs};
use crate::name::{HostText, UserName};
use crate::shosts::NewEntry;
use crate::store::{self, Root};

/// Admit a host, or shut one out: one line for each name or address that sshd looks up.
///
/// HOST is NAME[,ADDRESS...]. With USER, that user of the host gets into every account but root's; without, each user into
/// the account of the same name. A line that shuts out is put before those that it would come too late for. What would not
/// do what it says is refused, with the code that `hostbased lint` gives it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A host, as NAME[,ADDRESS...]
    #[arg(value_name = "HOST", required_unless_present = "netgroup")]
    host: Option<String>,

    /// A user on that host
    #[arg(value_name = "USER")]
    user: Option<String>,

    /// Every host of this netgroup instead of a host; then the first argument is the user
    #[arg(long, value_name = "NAME")]
    netgroup: Option<String>,

    /// Shut out instead of admitting
    #[arg(long)]
    deny: bool,

    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    names: Option<Names>,

    /// Write a line in spite of this finding about it, by its code (hostbased lint --codes); give it once for each
    #[arg(long, value_name = "CODE")]
    allow_trap: Vec<Code>,

    #[command(flatten)]
    confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line: the host, and what came of it
    #[arg(long)]
    json: bool,

    // Last: its heading holds for all that follows.
    #[command(flatten)]
    checks: CheckArgs,
}

/// What the arguments mean.
struct Meant {
    wanted: Vec<Wanted>,
    /// For the checks; none for a netgroup.
    host: Option<HostSpec>,
    /// As the arguments name it.
    text: String,
}

/// Adds what the arguments name. Good when it stands there.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let names = args.names.or_else(|| list::names_of(&root, "shosts add", console));
    let meant = args.meant(names)?;
    let (files, others) = (read_files(&root)?, read_other_files(&root)?);
    let checked = args.check(&root, &meant, (names, &files), console)?;
    let refused_names: Vec<Reason> =
        args.stopping(&checked).map(|finding| Reason::new(finding.code.word(), finding)).collect();
    let mut plan = add(&files.shosts, &meant.wanted, &inputs(&root, &files, &others, names));
    let reasons = |plan: &Plan| -> Vec<Reason> {
        let traps = plan
            .refused(&args.allow_trap, args.deny)
            .map(|finding| Reason::new(finding.code.word(), &finding_text(finding)));
        refused_names.iter().cloned().chain(traps).collect()
    };
    let mut refused = reasons(&plan);
    let mut shown = Ok(());
    let mut answer = Answer::Nothing;
    if refused.is_empty() {
        let mut lines = change_lines(&plan, console);
        lines.extend(plan.traps.iter().map(finding_text));
        let proposal = Proposal { changes: plan.rewritten.is_some(), lines, json: args.json, question: None };
        let confirmed = confirm(&args.confirm, &proposal, console)?;
        Confirmed { answer, shown } = confirmed;
    }
    let mut written = false;
    if answer == Answer::Write {
        written = store::edit(&root, File::ShostsEquiv.path(), |old| {
            // Another writer may have been there.
            let now = Files { shosts: crate::shosts::Document::parse(old.unwrap_or_default()), ..files.clone() };
            plan = add(&now.shosts, &meant.wanted, &inputs(&root, &now, &others, names));
            refused = reasons(&plan);
            let new = plan.rewritten.as_ref().filter(|_| refused.is_empty());
            Ok::<_, crate::lines::EditError>(new.map(|rewritten| rewritten.bytes.clone()))
        })
        .map_err(ApplyError::from)?;
    }
    let report = Report { args, meant: &meant, plan: &plan, checked: &checked, refused, answer, written };
    let told = shown.and_then(|()| report.tell(&root, &files, console));
    let good = report.refused.is_empty() && answer != Answer::Declined;
    (if good { Outcome::Good } else { Outcome::Refused }).after_telling(told, written)
}

fn inputs<'a>(root: &Root, files: &'a Files, others: &'a OtherFiles, names: Option<Names>) -> Inputs<'a> {
    let netgroups = root.is_system().then(|| netgroups::of_root(root));
    Inputs { netgroups, ..Inputs::of_files(files, names).and_others(others) }
}

impl Args {
    fn meant(&self, names: Option<Names>) -> Result<Meant, Failure> {
        let entry = |host: Vec<u8>, user: Option<Vec<u8>>| Wanted { host, user, denies: self.deny };
        if let Some(group) = &self.netgroup {
            if self.user.is_some() {
                return Err(Failure::Argument("with --netgroup, the only argument is a user".to_owned()));
            }
            if group.is_empty() || group.bytes().any(|byte| !byte.is_ascii_graphic()) {
                return Err(Failure::Argument(format!("no name of a netgroup: {:#}", crate::escape::escape(group))));
            }
            let user = user_of(self.host.as_deref())?;
            let wanted = entry([b"@", group.as_bytes()].concat(), user);
            return Ok(Meant { text: host_text(&wanted), wanted: vec![wanted], host: None });
        }
        let host: HostSpec = self
            .host
            .as_deref()
            .unwrap_or_default()
            .parse()
            .map_err(|error: crate::enroll::HostSpecError| Failure::Argument(error.to_string()))?;
        let user = user_of(self.user.as_deref())?;
        let by_name = names.is_none_or(Names::by_name);
        let by_address = names.is_none_or(Names::by_address);
        let looked_up: Vec<HostText> = host
            .names()
            .iter()
            .filter(|_| by_name)
            .map(HostText::from)
            .chain(host.addresses().iter().filter(|_| by_address).copied().map(HostText::from))
            .collect();
        // Where nothing of it is looked up, the rules say so of each.
        let texts = if looked_up.is_empty() { host.texts() } else { looked_up };
        let wanted: Vec<Wanted> = texts.iter().map(|text| entry(text.as_bytes().to_vec(), user.clone())).collect();
        Ok(Meant { text: host.to_string(), wanted, host: Some(host) })
    }

    fn check(
        &self,
        root: &Root,
        meant: &Meant,
        (names, files): (Option<Names>, &Files),
        console: &mut Console,
    ) -> Result<Checked, Failure> {
        let Some(host) = &meant.host else { return Ok(Checked::default()) };
        let checker = Checker::new(&self.checks, root)?;
        let subject = Subject { names: host.names().to_vec(), addresses: host.addresses().to_vec(), keys: Vec::new() };
        let registered = neighbours(files, std::slice::from_ref(&subject));
        let checked = checker.check(&[(subject, names.unwrap_or(Names::Both))], &registered, console)?;
        Ok(checked.into_iter().next().unwrap_or_default())
    }

    /// What stops the host. A host that nobody finds can be shut out all the same.
    fn stopping<'a>(&self, checked: &'a Checked) -> impl Iterator<Item = &'a crate::dns::Finding> {
        let deny = self.deny;
        checked
            .errors()
            .filter(move |finding| !deny || (finding.view == View::Given && finding.severity == Severity::Error))
    }
}

fn user_of(user: Option<&str>) -> Result<Option<Vec<u8>>, Failure> {
    let Some(user) = user else { return Ok(None) };
    let refused = |error: String| Failure::Argument(format!("the user {:#}: {error}", crate::escape::escape(user)));
    let user_name = UserName::new(user).map_err(|error| refused(error.to_string()))?;
    // What a line cannot say of any host.
    let host = HostText::from(std::net::IpAddr::from([10, 0, 0, 1]));
    NewEntry { host: &host, user: Some(&user_name) }.to_line().map_err(|error| refused(error.to_string()))?;
    Ok(Some(user.as_bytes().to_vec()))
}

/// What came of it.
struct Report<'a> {
    args: &'a Args,
    meant: &'a Meant,
    plan: &'a Plan,
    checked: &'a Checked,
    refused: Vec<Reason>,
    answer: Answer,
    written: bool,
}

impl Report<'_> {
    fn status(&self) -> &'static str {
        match self.answer {
            _ if !self.refused.is_empty() => "refused",
            Answer::Declined => "declined",
            _ if self.plan.rewritten.is_some() => "added",
            _ => "unchanged",
        }
    }

    fn tell(&self, root: &Root, files: &Files, console: &mut Console) -> io::Result<()> {
        let Self { args, meant, plan, checked, .. } = self;
        let not_asked = if root.is_system() { None } else { netgroups::not_asked(files) };
        let notes: Vec<String> = plan.notes.iter().cloned().chain(not_asked).collect();
        if args.json {
            let refused = !self.refused.is_empty();
            let host = HostRecord {
                record: "host",
                host: meant.text.clone(),
                status: self.status(),
                findings: checked.findings.iter().map(FindingReport::from).collect(),
                traps: plan.traps.iter().map(finding_record).collect(),
                refused: self.refused.clone(),
                changes: if refused { Vec::new() } else { change_records(plan) },
            };
            write_json(&host, console)?;
            let run = RunRecord::of("shosts add", self.status(), args.confirm.dry_run, self.written, &notes);
            write_json(&run, console)?;
        } else {
            console.lines(checked.findings.iter().map(ToString::to_string))?;
            console.lines(self.refused.iter().map(|reason| format!("refused: {}: {}", meant.text, reason.text)))?;
            console.lines(notes)?;
            console.line(match self.status() {
                "refused" | "declined" => "nothing was written",
                "unchanged" => "nothing to change",
                _ if args.confirm.dry_run => "nothing was written: --dry-run",
                _ => "written",
            })?;
        }
        console.flush()
    }
}
