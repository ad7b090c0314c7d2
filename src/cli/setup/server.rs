//! `hostbased setup server`.

use super::approve_server::Sshd;
use super::client::Common;
use super::files::{RootFiles, has_folder};
use super::job::Job;
use super::keys;
use super::problem::SetupError;
use super::programs::find;
use crate::cli::confirm::ConfirmArgs;
use crate::cli::failure::Failure;
use crate::cli::{Console, Outcome};
use crate::setup::{Decision, FirstBoot, Plan, Refusal, Server, ServerFacts, decision_of, undo_server};
use crate::store::{self, Root};

/// Make this machine a server: sshd_config, and host keys.
///
/// sshd_config gets "HostbasedAuthentication yes", "IgnoreRhosts yes", "IgnoreUserKnownHosts yes" and the decision by which
/// names clients are known: in a file of its own in /etc/ssh/sshd_config.d where that counts, else between two comments in the
/// main file. Options that sshd knows no more (RhostsAuthentication, RhostsRSAAuthentication) become comments. Before it stays,
/// sshd is asked whether it takes it, and whether it counts (sshd -t, sshd -T). sshd goes on as it is until it is reloaded.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// By which names clients are known: dns, the name of their address, confirmed both ways (UseDNS yes); address, the
    /// address itself (UseDNS no); packet, the name that the client claims (HostbasedUsesNameFromPacketOnly yes) [default: as
    /// sshd_config has it, where that says anything of it]
    #[arg(long, value_name = "WHICH", conflicts_with = "undo")]
    names: Option<Decision>,

    /// Set LogLevel too: below VERBOSE a refused login by host leaves no trace
    #[arg(long, value_name = "LEVEL", conflicts_with = "undo", value_parser = ["VERBOSE", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3"])]
    log_level: Option<String>,

    #[command(flatten)]
    common: Common,
}

/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.common.check()?;
    let Common { confirm, json, undo, .. } = &args.common;
    let files = RootFiles::below(&root);
    let reload = reload(&root);
    if *undo {
        let plan = undo_plan(&root)?;
        let sshd = asked(&root, &plan)?;
        let then = vec![format!("have sshd read it: {reload}")];
        let job = Job { command: "setup server", root: &root, confirm, json: *json, plan, then };
        return job.carry_out(&|| sshd.as_ref().map_or(Ok(()), |sshd| sshd.approve(&[])), console);
    }
    let names = match args.names.or_else(|| decision_of(&files)) {
        Some(names) => names,
        None => ask(confirm, console)?,
    };
    let level = ["VERBOSE", "DEBUG", "DEBUG1", "DEBUG2", "DEBUG3"];
    let log_level = args.log_level.as_deref().and_then(|wanted| level.into_iter().find(|level| *level == wanted));
    let server = Server { names, log_level };
    let facts = ServerFacts { files: &files, has_folder: has_folder(&root, "/etc/ssh/sshd_config.d") };
    let config = server.plan(&facts)?;
    let sshd = if root.is_system() { Some(Sshd::before()?) } else { None };
    let writes = !config.steps.is_empty();
    let mut plan = args.common.keys(&root, None)?;
    plan.extend(config);
    if !root.is_system() {
        plan.notes.push("sshd of the image was not asked: look there with sshd -t".to_owned());
    }
    let mut then = vec![format!("{}: {}", names, names.meaning())];
    if args.log_level.is_none() {
        then.push("refused logins by host leave a trace from LogLevel VERBOSE on only: --log-level VERBOSE".to_owned());
    }
    if writes && root.is_system() {
        then.push(format!("have sshd read it: {reload}"));
    }
    then.push("register the clients: hostbased enroll NAME".to_owned());
    let options = server.options();
    if let Some(sshd) = sshd.as_ref().filter(|_| !writes) {
        plan.notes.extend(sshd.differs(&options)?);
    }
    let job = Job { command: "setup server", root: &root, confirm, json: *json, plan, then };
    job.carry_out(&|| sshd.as_ref().map_or(Ok(()), |sshd| sshd.approve(&options)), console)
}

/// sshd, where there is anything to ask it of.
fn asked(root: &Root, plan: &Plan) -> Result<Option<Sshd>, SetupError> {
    let is_asked = root.is_system() && !plan.steps.is_empty() && find("sshd").is_some();
    is_asked.then(Sshd::before).transpose()
}

fn undo_plan(root: &Root) -> Result<Plan, SetupError> {
    let mut plan = undo_server(&RootFiles::below(root))?;
    if !root.is_system() {
        plan.extend(FirstBoot::undo(&keys::first_boot(root)?));
    }
    if !plan.steps.is_empty() {
        plan.notes.push("host keys stay: other machines may know them".to_owned());
    }
    Ok(plan)
}

/// Asks for the decision, where there is somebody to ask.
fn ask(confirm: &ConfirmArgs, console: &mut Console) -> Result<Decision, Failure> {
    if !console.can_ask() || confirm.yes {
        return Err(Refusal::NoDecision.into());
    }
    console.note("By which names does this server know its clients?");
    for decision in Decision::ALL {
        console.note(&format!("  {decision}: {}", decision.meaning()));
    }
    for _ in 0..3 {
        if let Ok(decision) = console.ask("dns, address or packet: ")?.parse() {
            return Ok(decision);
        }
    }
    Err(Refusal::NoDecision.into())
}

/// What makes sshd read its configuration again: distributions differ in the name of the service.
fn reload(root: &Root) -> String {
    let has_unit = |name: &str| {
        ["/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system"]
            .iter()
            .any(|folder| store::ownership(root, format!("{folder}/{name}.service")).is_ok_and(|found| found.is_some()))
    };
    match ["ssh", "sshd"].into_iter().find(|name| has_unit(name)) {
        Some(name) => format!("systemctl reload {name}"),
        None => "service sshd reload, or send its first process a HUP".to_owned(),
    }
}
