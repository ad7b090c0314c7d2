//! Everything that is found out, in the order in which one thing needs another.

use std::path::Path;

use nix::unistd::{User, getgid, getuid};

use super::options::Ssh;
use super::{Args, Failure, configs, helper, keys, known, network, own, programs, sign, system};
use crate::cli::instant::now;
use crate::config::Program;
use crate::doctor::Release;
use crate::doctor::client::{
    Account, Config, Facts, FileFacts, Helper, KeyFolder, Options, PrivateKey, SelfTest, Target, looked_up, offers,
};
use crate::escape::escape;
use crate::key::AlgorithmList;

/// The configuration for all users, where `ssh` does not tell.
const GLOBAL: &str = "/etc/ssh/ssh_config";

/// What was found out, and what signing it off needs.
pub(super) struct Gathered {
    pub(super) facts: Facts,
    pub(super) ways: Vec<network::Way>,
    /// The account on the server.
    pub(super) server_user: String,
}

impl Gathered {
    /// What one should know of how this was looked at.
    pub(super) fn notes(&self) -> Vec<String> {
        let facts = &self.facts;
        let mut notes = Vec::new();
        if facts.account.is_root() {
            notes.push(
                "looked at as root, who may read and run everything: run it as the user who cannot log in, whose \
                 configuration, environment and session are not seen here"
                    .to_owned(),
            );
        }
        match &facts.target {
            None => notes.push("no server is named: --server HOST looks at the way to it as well".to_owned()),
            Some(target) => notes.extend(
                target.not_resolved.iter().map(|why| format!("{} cannot be reached: {why}", escape(&target.typed))),
            ),
        }
        notes
    }
}

/// # Errors
/// [`Failure`], when the system does not say who this is.
pub(super) fn gather(args: &Args) -> Result<Gathered, Failure> {
    let (uid, gid) = (getuid(), getgid());
    let user = User::from_uid(uid).map_err(std::io::Error::from)?;
    let account = Account {
        uid: uid.as_raw(),
        gid: gid.as_raw(),
        name: user.as_ref().map(|user| escape(&user.name).to_string()),
        primary_gid: user.as_ref().map(|user| user.gid.as_raw()),
    };
    let home = user.and_then(|user| user.dir.to_str().map(str::to_owned));
    let programs = programs::gather(account.is_root());
    let mut facts = Facts { account, programs, ..Facts::default() };
    let ssh = facts.programs.ssh.clone();
    // Without `ssh` nothing else can be told.
    let Some(ssh) = ssh else {
        return Ok(Gathered { facts, ways: Vec::new(), server_user: String::new() });
    };
    let config = args.config.as_deref().and_then(Path::to_str);
    let ssh =
        Ssh { program: &ssh, config, user: args.user.as_deref(), port: args.port, is_root: facts.account.is_root() };
    read_configs(&mut facts, config, home.as_deref());
    match ssh.options(args.server.as_deref().unwrap_or_default()) {
        Ok(options) => facts.options = options,
        Err(lines) => {
            facts.ssh_fails = lines;
            facts.options = defaults(args);
        }
    }
    let ways = args.server.as_deref().map(|host| look_at_server(&mut facts, &ssh, host, home.as_deref()));
    look_at_keys(&mut facts);
    facts.helper = helper::gather(facts.programs.helper.as_deref());
    facts.system = system::gather(groups(&facts));
    let server_user = facts.options.value("user").or(facts.account.name.as_deref()).unwrap_or_default().to_owned();
    let ways = ways.unwrap_or_default();
    try_signing(&mut facts, &ways, &server_user);
    Ok(Gathered { facts, ways, server_user })
}

/// What `ssh` would use where nobody says otherwise: for what an export tells beside what is wrong.
fn defaults(args: &Args) -> Options {
    let user = args.user.as_deref().map(|user| format!("user {user}\n")).unwrap_or_default();
    let port = args.port.map(|port| format!("port {port}\n")).unwrap_or_default();
    let algorithms = AlgorithmList::hostbased_default();
    Options::parse(format!("{user}{port}hostbasedacceptedalgorithms {algorithms}\n").as_bytes())
}

fn read_configs(facts: &mut Facts, given: Option<&str>, home: Option<&str>) {
    let global = facts.programs.config.as_deref().unwrap_or(GLOBAL);
    facts.global = configs::gather(Program::Ssh, global);
    let Some(home) = home else { return };
    let own = Program::SshUser { home };
    facts.user = configs::gather(own, &format!("{home}/.ssh/config"));
    facts.given = given.map(|path| configs::gather(own, path));
    if facts.given.is_some() {
        // `-F` takes the place of both; the helper reads the one for all users all the same.
        facts.user = Config::default();
    }
}

fn look_at_server(facts: &mut Facts, ssh: &Ssh<'_>, host: &str, home: Option<&str>) -> Vec<network::Way> {
    let mut target = Target { typed: host.to_owned(), ..Target::default() };
    let is_understood = facts.ssh_fails.is_empty();
    if is_understood && !facts.options.is_hostbased_on() {
        let global = Ssh { config: Some(&facts.global.path), ..ssh.clone() };
        target.global_only = global.options(host).ok();
        let without = Ssh { config: None, ..ssh.clone() };
        target.without_given = ssh.config.and_then(|_| without.options(host).ok());
        let is_on = |name: &str| ssh.options(name).is_ok_and(|options: Options| options.is_hostbased_on());
        let names = network::other_names(host);
        target.other_names = names.into_iter().map(|name| (is_on(&name), name)).map(|(on, name)| (name, on)).collect();
    }
    let ways = network::ways(&facts.options, host).unwrap_or_else(|why| {
        target.not_resolved = Some(why);
        Vec::new()
    });
    target.is_its_own_client = ways.first().and_then(|way| own::is_own_client(&way.connection));
    target.connections = ways.iter().map(|way| way.connection.clone()).collect();
    facts.target = Some(target);
    if !is_understood {
        return ways;
    }
    // A key that is known without the port counts as well (OpenSSH: sshconnect.c `check_host_key`).
    let bare = facts.options.value("hostname").unwrap_or(host).to_ascii_lowercase();
    let names = [looked_up(facts), bare];
    let names = if facts.options.value("hostkeyalias").is_some() { &names[..1] } else { &names[..] };
    let known = known::gather(&facts.options, names, home);
    let has_master = facts.options.value("controlpath").is_some() && ssh.has_master(host);
    if let Some(target) = &mut facts.target {
        target.can_ask = std::fs::File::open("/dev/tty").is_ok();
        target.known = known;
        target.has_master = has_master;
    }
    ways
}

fn look_at_keys(facts: &mut Facts) {
    let path = facts.global.path.rsplit_once('/').map_or("/etc/ssh", |(folder, _)| folder).to_owned();
    let release = facts.programs.version.as_deref().and_then(Release::parse);
    let keys = keys::gather(&path, release.map(|release| release.number));
    let offers = offers(&keys, &facts.options.accepted_algorithms());
    facts.keys = KeyFolder { path, keys, offers, now: now() };
}

/// The groups that may have to be shown.
fn groups(facts: &Facts) -> Vec<u32> {
    let of_file = |file: &FileFacts| file.gid;
    let mut groups: Vec<u32> = facts.account.primary_gid.into_iter().chain([facts.account.gid]).collect();
    groups.extend(facts.helper.file.iter().flatten().map(of_file));
    groups.extend(facts.keys.keys.iter().filter_map(|files| match &files.private {
        PrivateKey::There(file) => Some(file.gid),
        _ => None,
    }));
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn try_signing(facts: &mut Facts, ways: &[network::Way], server_user: &str) {
    let Helper { path: Some(path), self_test: Some(SelfTest::Good), .. } = &facts.helper else { return };
    let Some(client_user) = facts.account.name.clone() else { return };
    let path = path.clone();
    let asked = sign::Asked { helper: &path, client_user: &client_user, server_user };
    // Keys can be tried on the way back to this machine too.
    let loopback: Vec<network::Way> =
        if ways.is_empty() { network::loopback().into_iter().collect() } else { Vec::new() };
    let ways = if ways.is_empty() { &loopback } else { ways };
    asked.try_all(&mut facts.helper, &facts.keys.offers, ways);
}
