//! Everything that the rules are told, as it was found.

use super::arguments::Args;
use super::client::{Comes, Way};
use super::{accounts, daemon, files, lookup, pam};
use crate::cli::config_files::ReadableFiles;
use crate::cli::failure::Failure;
use crate::cli::lint;
use crate::cli::{Console, instant, netgroups, sshd};
use crate::config::{Program, Tree, walk};
use crate::doctor::Release;
use crate::doctor::export::Export;
use crate::doctor::server::{Account, Approach, Client, Daemon, Facts, Offer, PamLine, Printed, ServerFiles};
use crate::name::{HostName, UserName};
use crate::store::Root;
use crate::store::trust::{HomeFiles, TrustPaths, TrustStore};
use crate::verify::{Policy, UserFiles};

/// sshd's main file.
const CONFIG: &str = "/etc/ssh/sshd_config";

/// What was found.
pub(super) struct Gathered {
    complaint: Option<String>,
    release: Option<Release>,
    tree: Tree,
    general: Option<Printed>,
    daemon: Option<Daemon>,
    user: UserName,
    client_user: Vec<u8>,
    account: Option<Account>,
    pam: Vec<PamLine>,
    nologin: bool,
    files: ServerFiles,
    netgroup_services: Option<String>,
    client: Client,
    approaches: Vec<Approach>,
    /// By its other addresses.
    pub(super) alternatives: Vec<Approach>,
    offers: Vec<Offer>,
    lint: Vec<crate::lint::Finding>,
    now: u64,
    /// What should be said besides findings.
    pub(super) notes: Vec<String>,
}

impl Gathered {
    /// Looks at this machine, for the client that was named or tells of itself.
    ///
    /// # Errors
    /// [`Failure`], when something cannot be found out.
    pub(super) fn of(args: &Args, export: Option<&Export>, console: &mut Console) -> Result<Self, Failure> {
        let root = Root::system();
        let complaint = sshd::complaint_of_test()?;
        let release = sshd::release();
        let tree = walk(Program::Sshd, CONFIG, &ReadableFiles::below(&root));
        let comes = Comes::of(args, export)?;
        let mut gathered = Self {
            complaint,
            release,
            general: None,
            daemon: None,
            account: accounts::find(&comes.user)?,
            user: comes.user,
            client_user: comes.client_user,
            pam: pam::account_step(),
            nologin: root.join("/etc/nologin").exists(),
            files: files::read(&[], &[]),
            netgroup_services: files::netgroup_services(),
            client: comes.client,
            approaches: Vec::new(),
            alternatives: Vec::new(),
            offers: comes.offers,
            lint: Vec::new(),
            now: instant::now(),
            notes: Vec::new(),
            tree,
        };
        if gathered.complaint.is_none() {
            gathered.ask_sshd(&comes.ways, &comes.others, comes.port)?;
            let seen = lint::Gathered::read(&root, lint::Which::System, None, "doctor server", console)?;
            gathered.lint = crate::lint::lint(&seen.inputs());
        }
        Ok(gathered)
    }

    /// What sshd does with the connections that the client may make.
    fn ask_sshd(&mut self, ways: &[Way], others: &[Way], port: Option<u16>) -> Result<(), Failure> {
        let sshd = sshd::of_root(&Root::system())?;
        let general = sshd.general()?;
        let printed = Printed::read(&general.output);
        self.daemon = daemon::find(&self.tree, Some(&printed));
        self.general = Some(printed);
        for way in ways {
            let approach = self.approach(&sshd, way, port)?;
            self.approaches.push(approach);
        }
        for way in others {
            let approach = self.approach(&sshd, way, port)?;
            self.alternatives.push(approach);
        }
        let revoked_keys = self.approaches.first().map(|way| way.policy.revoked_keys.clone()).unwrap_or_default();
        self.files = files::read(&revoked_keys, &global_known_hosts());
        Ok(())
    }

    fn approach(&mut self, sshd: &sshd::Sshd<sshd::Run>, way: &Way, port: Option<u16>) -> Result<Approach, Failure> {
        let address = crate::name::address_text(way.address);
        let user = self.user.to_string();
        let ask = |host: &str| {
            let connection =
                sshd::Connection { user: &user, host, address: &address, local: way.local.as_deref(), port };
            sshd.of_connection(&connection)
        };
        let mut answer = ask(&address)?;
        let mut policy = Policy::from_sshd(&answer.output)?;
        let lookup = lookup::of(way.address, policy.use_dns);
        // `Match Host` sees the name only where UseDNS is yes, which no Match block can say.
        let name: Option<&HostName> = lookup.name.as_ref().ok().filter(|_| policy.use_dns);
        if let Some(name) = name {
            answer = ask(name.as_str())?;
            policy = Policy::from_sshd(&answer.output)?;
        }
        let without_match = answer.without_match.map(|why| format!("sshd's Match blocks are not looked at: {why}"));
        let local = answer.passes_over_local.then(|| {
            "Match LocalAddress blocks are taken not to fit: an export of the client tells at which address it asks"
                .to_owned()
        });
        for note in without_match.into_iter().chain(local) {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        Ok(Approach {
            address: way.address,
            zone: None,
            claimed: way.claimed.clone(),
            lookup,
            policy,
            printed: Printed::read(&answer.output),
        })
    }

    /// The account's own files.
    pub(super) fn own_files(&self) -> Option<HomeFiles> {
        let account = self.account.as_ref().filter(|account| account.found.home.starts_with('/'))?;
        Some(TrustStore::new(Root::system(), &TrustPaths::default()).user_files(Some(&account.found)))
    }

    /// All of it, as the rules take it.
    pub(super) fn facts<'a>(&self, own_files: Option<&'a HomeFiles>) -> Facts<'a> {
        Facts {
            complaint: self.complaint.clone(),
            release: self.release.clone(),
            tree: self.tree.clone(),
            general: self.general.clone(),
            daemon: self.daemon.clone(),
            user: self.user.clone(),
            client_user: self.client_user.clone(),
            account: self.account.clone(),
            pam: self.pam.clone(),
            nologin: self.nologin,
            files: self.files.clone(),
            own_files: own_files.map(|files| files as &dyn UserFiles),
            netgroups: netgroups::of_root(&Root::system()),
            netgroup_services: self.netgroup_services.clone(),
            client: self.client.clone(),
            approaches: self.approaches.clone(),
            offers: self.offers.clone(),
            lint: self.lint.clone(),
            now: self.now,
        }
    }
}

/// The files that `GlobalKnownHostsFile` of ssh_config(5) names.
fn global_known_hosts() -> Vec<String> {
    let root = Root::system();
    let tree = walk(Program::Ssh, "/etc/ssh/ssh_config", &ReadableFiles::below(&root));
    let paths = tree.of("globalknownhostsfile").flat_map(|line| &line.arguments);
    let paths = paths.filter_map(|path| String::from_utf8(path.clone()).ok());
    paths.filter(|path| path.starts_with('/')).collect()
}
