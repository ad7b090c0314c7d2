//! `hostbased setup client`.

use nix::unistd::geteuid;

use super::approve;
use super::files::{RootFiles, has_folder};
use super::job::Job;
use super::problem::SetupError;
use super::{helper, keys};
use crate::cli::arguments::RootFolder;
use crate::cli::confirm::ConfirmArgs;
use crate::cli::failure::Failure;
use crate::cli::{Console, Outcome};
use crate::setup::{
    Client, ClientFacts, FirstBoot, HelperAsked, HelperFacts, Plan, ServerPattern, plan_helper, plan_keys,
    plan_readable, undo_client, undo_helper,
};
use crate::store::{self, Ownership, Root};

/// Which helper signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Helper {
    /// That of hostbased, `keysign`
    Ours,
    /// That of OpenSSH, `ssh-keysign`
    Openssh,
}

/// Make this machine a client: host keys, the helper that signs with them, and ssh_config.
///
/// Host keys that are missing are made (ed25519, ecdsa, and rsa of 3072 bits); .pub files and modes are put right; the helper
/// gets the right that it needs to read the keys. ssh_config gets "EnableSSHKeysign yes" and, for the servers that are named,
/// "HostbasedAuthentication yes": in a file of its own in /etc/ssh/ssh_config.d where that counts, else between two comments in
/// the main file. Before it stays, ssh itself is asked whether it counts.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Use host-based authentication with these servers: names as users type them, with * and ?; those of an earlier run stay.
    /// Without any, the keys and the helper alone are made ready
    #[arg(long, value_name = "PATTERN", num_args = 1.., conflicts_with = "undo")]
    server: Vec<ServerPattern>,

    /// Which helper is to sign [default: the one that is there]
    #[arg(long, value_name = "WHICH", conflicts_with = "undo")]
    helper: Option<Helper>,

    /// Where ours is on this machine [default: beside this command, /usr/lib/hostbased, /usr/libexec/hostbased]
    #[arg(long, value_name = "FILE", requires = "helper")]
    keysign: Option<String>,

    #[command(flatten)]
    common: Common,
}

/// What both commands take.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) root: RootFolder,

    /// Below another --root too, make host keys that are missing; every machine that starts from the image has the same then
    #[arg(long)]
    pub(super) make_keys: bool,

    /// Take back what an earlier run did; host keys and their modes stay
    #[arg(long, conflicts_with = "make_keys")]
    pub(super) undo: bool,

    #[command(flatten)]
    pub(super) confirm: ConfirmArgs,

    /// Print one JSON object a line: each step, and what came of it all
    #[arg(long)]
    pub(super) json: bool,
}

impl Common {
    /// # Errors
    /// [`SetupError::NotRoot`].
    pub(super) fn check(&self) -> Result<Root, SetupError> {
        let root = self.root.root();
        let only_looks = self.confirm.dry_run && !root.is_system();
        if geteuid().is_root() || only_looks { Ok(root) } else { Err(SetupError::NotRoot) }
    }

    /// What is to be done about host keys.
    pub(super) fn keys(&self, root: &Root, helper: Option<&HelperFacts>) -> Result<Plan, SetupError> {
        let ownership = helper.and_then(|helper| helper.there).map(|there| there.ownership);
        let makes = root.is_system() || self.make_keys;
        let mut plan = plan_keys(&keys::facts(root, ownership)?, makes);
        if !root.is_system() && !self.make_keys {
            plan.extend(FirstBoot::plan(&keys::first_boot(root)?));
        } else if !root.is_system() {
            let warning =
                "host keys in an image are the same on every machine that starts from it: each can speak for all";
            plan.notes.push(warning.to_owned());
        }
        Ok(plan)
    }
}

/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.common.check()?;
    let (plan, then) = if args.common.undo { undo(&root)? } else { plan(args, &root)? };
    let Common { confirm, json, .. } = &args.common;
    let job = Job { command: "setup client", root: &root, confirm, json: *json, plan, then };
    let is_asked = root.is_system() && !args.common.undo;
    job.carry_out(&|| if is_asked { approve::approve(&args.server) } else { Ok(()) }, console)
}

fn plan(args: &Args, root: &Root) -> Result<(Plan, Vec<String>), SetupError> {
    let files = RootFiles::below(root);
    let facts = ClientFacts { files: &files, has_folder: has_folder(root, "/etc/ssh/ssh_config.d") };
    let config = Client { servers: args.server.clone() }.plan(&facts)?;
    if root.is_system() && !config.steps.is_empty() {
        approve::is_understood()?;
    }
    let helper = helper::facts(root, args.keysign.as_deref(), args.helper != Some(Helper::Openssh))?;
    let asked = match args.helper {
        None => HelperAsked::Present,
        Some(Helper::Ours) => HelperAsked::Ours,
        Some(Helper::Openssh) => HelperAsked::OpenSsh,
    };
    let mut plan = args.common.keys(root, Some(&helper))?;
    plan.extend(plan_helper(asked, &helper)?);
    plan.extend(plan_readable(&ownerships(root, facts.paths())?));
    plan.extend(config);
    if !root.is_system() {
        plan.notes.push("ssh of the image was not asked: look there with ssh -G NAME".to_owned());
    } else if has_folder(root, "/sys/fs/selinux") {
        let note = "SELinux: for confined users the helper needs `setsebool -P ssh_keysign on`; and new host keys their \
                    label: restorecon -R /etc/ssh";
        plan.notes.push(note.to_owned());
    }
    let mut then = Vec::new();
    if args.server.is_empty() && plan.steps.iter().any(|step| step.undo.ends_with("--undo")) {
        then.push("no server was named: hostbased setup client --server PATTERN...".to_owned());
    }
    then.push("on each server, register this machine: hostbased enroll NAME".to_owned());
    Ok((plan, then))
}

/// Whose these files are.
fn ownerships(root: &Root, mut paths: Vec<String>) -> Result<Vec<(String, Ownership)>, SetupError> {
    paths.sort();
    paths.dedup();
    let mut found = Vec::new();
    for path in paths {
        found.extend(store::ownership(root, &path)?.map(|ownership| (path, ownership)));
    }
    Ok(found)
}

fn undo(root: &Root) -> Result<(Plan, Vec<String>), SetupError> {
    let mut plan = undo_client(&RootFiles::below(root))?;
    plan.extend(undo_helper(&helper::facts(root, None, false)?)?);
    if !root.is_system() {
        plan.extend(FirstBoot::undo(&keys::first_boot(root)?));
    }
    if !plan.steps.is_empty() {
        plan.notes.push("host keys stay: other machines may know them".to_owned());
    }
    Ok((plan, Vec::new()))
}
