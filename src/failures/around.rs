//! What lies around hostbased and looks like it.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const SERVER_KEY_NOT_TRUSTED_BY_CLIENT: Entry = Entry {
    id: Id::ServerKeyNotTrustedByClient,
    side: Side::Client,
    severity: Severity::Error,
    title: "The client does not trust the server's key",
    symptom: "The client: `Host key verification failed.`, before any method is tried.",
    cause: "The server's own host key is unknown to the client or has changed, and nobody can be asked (BatchMode, \
        StrictHostKeyChecking).",
    check: "`ssh-keygen -F srv.example.org` as the user; with a port `ssh-keygen -F '[srv.example.org]:2222'`.",
    mend: &[
        Step::Say("Register the servers' keys on the clients too, under the names that users type."),
        Step::Root("hostbased keyscan srv.example.org"),
    ],
    source: "OpenSSH sshconnect.c `check_host_key`.",
    releases: None,
};

pub(super) const CONTROLMASTER_HIDES_STATE: Entry = Entry {
    id: Id::ControlmasterHidesState,
    side: Side::Client,
    severity: Severity::Warning,
    title: "A shared connection hides what happens now",
    symptom: "Nothing changes after a mend, or it still works after a client was taken out.",
    cause: "With ControlMaster a new session uses a connection that is open already, so nobody is authenticated.",
    check: "`ssh -O check srv.example.org`; `ssh -G srv.example.org | grep -i control`.",
    mend: &[
        Step::Say("End the shared connection, and test without it."),
        Step::User("ssh -O exit srv.example.org"),
        Step::User("ssh -S none -o PreferredAuthentications=hostbased srv.example.org true"),
    ],
    source: "ssh_config(5), ControlMaster and ControlPath.",
    releases: None,
};

pub(super) const CLIENT_SOFTWARE_WITHOUT_HOSTBASED: Entry = Entry {
    id: Id::ClientSoftwareWithoutHostbased,
    side: Side::Client,
    severity: Severity::Error,
    title: "The program has an SSH library without hostbased",
    symptom: "The program asks for a password, or says `No authentication methods available`, while ssh gets in.",
    cause: "Paramiko, libssh, PuTTY, Dropbear and Go's x/crypto cannot do hostbased; libssh2 and net-ssh can, but only \
        with a private key that the user can read.",
    check: "Which library the program uses; what methods its log says were tried.",
    mend: &[Step::Say("Have the program call ssh.")],
    source: "paramiko/paramiko#316 and #1310, FreeRDP/Remmina#1373, PowerShell/Win32-OpenSSH#1192.",
    releases: None,
};

pub(super) const COMMERCIAL_OR_SUN_PEER: Entry = Entry {
    id: Id::CommercialOrSunPeer,
    side: Side::Both,
    severity: Severity::Error,
    title: "The other side is Tectia or another maker's SSH",
    symptom: "A Tectia server logs `hostbased-authentication (rhosts) refused for ...`, `Use of ... denied for ...` or \
        `no .shosts or .rhosts files and no system-wide files`; ssh sees a plain refusal.",
    cause: "It has other files: each client's key stands in a file of its own, /etc/ssh2/trusted_hosts/NAME.TYPE.pub, \
        in another format, and shosts files are filtered by options of its own. SunSSH has no EnableSSHKeysign.",
    check: "`ssh -v srv.example.org` prints `remote software version`.",
    mend: &[
        Step::Say("Convert the client's keys and name the file after the name that the client sends."),
        Step::User("ssh-keygen -e -f /etc/ssh/ssh_host_ed25519_key.pub"),
    ],
    source: "docs.ssh.com, Server Administrator Manual, Host-Based User Authentication.",
    releases: None,
};
