//! The lab in which the cases play: accounts, addresses, and the thread that lives in it.

use std::fs;
use std::path::Path;

use nix::sched::{CloneFlags, setns, unshare};

use crate::lab::Lab;

/// An account of the lab. Its own group has its name and number.
pub(crate) struct Account {
    pub(crate) name: &'static str,
    pub(crate) uid: u32,
    /// Its second field in shadow(5).
    pub(crate) password: &'static str,
    pub(crate) shell: &'static str,
}

const fn account(name: &'static str, uid: u32) -> Account {
    Account { name, uid, password: "*", shell: "/bin/sh" }
}

/// The accounts. An equiv file would take the last one's name for a netgroup. (No account's name begins with a sign: the C
/// library skips such lines of passwd(5), which once named NIS.)
static ACCOUNTS: [Account; 7] = [
    account("root", 0),
    account("alice", 5001),
    account("bob", 5002),
    Account { password: "!", ..account("locked", 5003) },
    Account { shell: "/bin/gone", ..account("shellless", 5004) },
    Account { shell: "/etc/passwd", ..account("shellfile", 5005) },
    account("@team", 5008),
];

/// An account that the server does not have.
pub(crate) const UNKNOWN: &str = "mallory";

/// Groups beside everybody's own, and who is in them.
const GROUPS: &str = "staff:x:5100:alice,bob\nothers:x:5101:locked\n";

/// Every address that a client connects from, and the server's own.
const ADDRESSES: &str = "10.77.0.3 10.77.0.4 10.77.0.5 10.77.0.6 fd77::2 fd77::4 fe80::77";

/// What the lab's system knows of an account.
pub(crate) fn account_of(name: &str) -> Option<&'static Account> {
    ACCOUNTS.iter().find(|account| account.name == name)
}

/// The uid of an account; an unknown one has alice's, so that its files can be made.
pub(crate) fn uid_of(name: &str) -> u32 {
    account_of(name).map_or(5001, |account| account.uid)
}

/// The home of an account.
pub(crate) fn home_of(name: &str) -> String {
    format!("/home/{name}")
}

/// Every home, with its owner's uid.
pub(crate) fn homes() -> impl Iterator<Item = (String, u32)> {
    ACCOUNTS.iter().map(|account| (home_of(account.name), account.uid))
}

/// Makes a lab with these accounts and addresses, and does `work` in it: on a thread whose files and network are the
/// lab's, and so are those of every process that it starts.
pub(crate) fn in_a_lab<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let lab = Lab::new();
    let namespaces = lab.path("").parent().unwrap().join("ns");
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            enter(&namespaces);
            prepare();
            make_host_key();
            work()
        });
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn enter(namespaces: &Path) {
    let open = |name| fs::File::open(namespaces.join(name)).unwrap();
    let (network, mounts) = (open("net"), open("mnt"));
    // A thread that shares its working folder with others cannot change its mounts.
    unshare(CloneFlags::CLONE_FS).unwrap();
    setns(network, CloneFlags::CLONE_NEWNET).unwrap();
    setns(mounts, CloneFlags::CLONE_NEWNS).unwrap();
    std::env::set_current_dir("/").unwrap();
}

fn prepare() {
    for address in ADDRESSES.split(' ') {
        let (prefix, more) = if address.contains(':') { ("128", "nodad") } else { ("32", "") };
        crate::tool::tool("sh", &["-c", &format!("ip address add {address}/{prefix} dev lo {more}")]);
    }
    let (mut passwd, mut shadow, mut group) = (String::new(), String::new(), GROUPS.to_owned());
    for Account { name, uid, password, shell } in &ACCOUNTS {
        passwd += &format!("{name}:x:{uid}:{uid}:{name}:{}:{shell}\n", home_of(name));
        shadow += &format!("{name}:{password}:19000::::::\n");
        group += &format!("{name}:x:{uid}:\n");
    }
    passwd += "sshd:x:5800:65534::/run/sshd:/usr/sbin/nologin\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n";
    shadow += "sshd:*:19000::::::\nnobody:*:19000::::::\n";
    fs::write("/etc/passwd", passwd).unwrap();
    fs::write("/etc/group", group + "nogroup:x:65534:\n").unwrap();
    fs::write("/etc/shadow", shadow).unwrap();
}

/// The server's own key, in the lab.
fn make_host_key() {
    crate::tool::tool("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/host_key"]);
}
