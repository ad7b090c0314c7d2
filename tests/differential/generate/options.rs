//! Twists of sshd's options.

use super::Generator;
use crate::case::{Case, Content, File, REVOKED_KEYS};

/// Options that stand alone: name and value.
const SINGLE: [(&str, &str); 26] = [
    ("HostbasedAuthentication", "no"),
    ("IgnoreRhosts", "yes"),
    ("IgnoreRhosts", "no"),
    ("IgnoreRhosts", "shosts-only"),
    ("IgnoreUserKnownHosts", "yes"),
    ("StrictModes", "no"),
    ("UseDNS", "yes"),
    ("UseDNS", "no"),
    ("HostbasedUsesNameFromPacketOnly", "yes"),
    ("HostbasedUsesNameFromPacketOnly", "no"),
    ("PermitRootLogin", "no"),
    ("PermitRootLogin", "yes"),
    ("PermitRootLogin", "forced-commands-only"),
    ("RequiredRSASize", "4096"),
    ("HostbasedAcceptedAlgorithms", "ssh-ed25519"),
    ("HostbasedAcceptedAlgorithms", "-ssh-ed25519*"),
    ("HostbasedAcceptedAlgorithms", "^rsa-sha2-256"),
    ("HostbasedAcceptedAlgorithms", "+ssh-rsa,ssh-rsa-cert-v01@openssh.com"),
    ("HostbasedAcceptedAlgorithms", "*-cert-v01@openssh.com"),
    ("HostbasedAcceptedAlgorithms", "rsa-sha2-512,ecdsa-*"),
    ("HostbasedAcceptedAlgorithms", "-rsa-*"),
    ("CASignatureAlgorithms", "ssh-ed25519"),
    ("CASignatureAlgorithms", "-ssh-ed25519"),
    ("CASignatureAlgorithms", "+ssh-rsa"),
    ("CASignatureAlgorithms", "rsa-sha2-512"),
    ("ChrootDirectory", "/"),
];

/// Who may log in, by name, place and group.
const ACCESS: [(&str, &str); 24] = [
    ("AllowUsers", "alice bob root"),
    ("AllowUsers", "bob"),
    ("AllowUsers", "a* b* r*"),
    ("AllowUsers", "*@10.77.0.1"),
    ("AllowUsers", "*@10.77.0.0/24"),
    ("AllowUsers", "*@node?.cluster.test"),
    ("AllowUsers", "alice@fd77::/64 *@10.77.0.0/16"),
    ("AllowUsers", "ALICE"),
    ("AllowUsers", "!alice *"),
    ("DenyUsers", "bob"),
    ("DenyUsers", "alice"),
    ("DenyUsers", "*@10.77.0.3"),
    ("DenyUsers", "*@*.cluster.test"),
    ("DenyUsers", "ro* !bob"),
    ("AllowGroups", "staff"),
    ("AllowGroups", "alice root"),
    ("AllowGroups", "sta*"),
    ("AllowGroups", "others"),
    ("AllowGroups", "!staff *"),
    ("DenyGroups", "staff"),
    ("DenyGroups", "others"),
    ("DenyGroups", "roo?"),
    ("DenyGroups", "!bob *"),
    ("DenyGroups", "bob"),
];

/// Blocks of options for some logins.
const BLOCKS: [(&str, &str); 10] = [
    ("User alice", "HostbasedUsesNameFromPacketOnly yes"),
    ("User alice,bob", "IgnoreRhosts no"),
    ("User bob", "HostbasedAuthentication no"),
    ("Group staff", "IgnoreRhosts shosts-only"),
    ("Address 10.77.0.1", "HostbasedAuthentication no"),
    ("Address fd77::/16,10.77.0.3", "HostbasedUsesNameFromPacketOnly yes"),
    ("Host node1.cluster.test", "HostbasedUsesNameFromPacketOnly no"),
    ("Host *.cluster.test", "HostbasedAcceptedAlgorithms ssh-ed25519"),
    ("Host 10.77.0.*", "DenyUsers alice"),
    ("User root", "PermitRootLogin no"),
];

/// AuthenticationMethods.
const METHODS: [&str; 8] = [
    "any",
    "hostbased",
    "hostbased,publickey",
    "publickey,hostbased",
    "publickey",
    "publickey hostbased",
    "publickey,hostbased hostbased,publickey",
    "hostbased,hostbased",
];

impl Generator<'_> {
    /// One option.
    pub(super) fn an_option(&mut self, case: &mut Case) {
        let (option, value) = self.random.of(&SINGLE);
        if option == "HostbasedAuthentication" && case.option("AuthenticationMethods").is_some() {
            // sshd would end at once.
            return;
        }
        case.set(option, value);
    }

    /// Who may log in at all.
    pub(super) fn access(&mut self, case: &mut Case) {
        for _ in 0..=self.random.below(2) {
            let (option, value) = self.random.of(&ACCESS);
            case.set(option, value);
        }
    }

    /// A Match block.
    pub(super) fn a_block(&mut self, case: &mut Case) {
        let (criteria, option) = self.random.of(&BLOCKS);
        // What is set outside comes first, and would count.
        let name = option.split(' ').next().unwrap();
        if name == "HostbasedAuthentication" && case.option("AuthenticationMethods").is_some() {
            return;
        }
        case.options.retain(|line| line.split(' ').next() != Some(name));
        case.options.extend([format!("Match {criteria}"), format!("    {option}")]);
    }

    /// Several methods in a row.
    pub(super) fn methods(&mut self, case: &mut Case) {
        let value = self.random.of(&METHODS);
        // sshd ends at once when a method that it must have is off.
        case.options.retain(|line| !line.contains("HostbasedAuthentication"));
        case.set("PubkeyAuthentication", "yes");
        case.set("AuthenticationMethods", value);
    }

    /// A RevokedKeys file, of any kind.
    pub(super) fn revoked_keys(&mut self, case: &mut Case) {
        case.set("RevokedKeys", REVOKED_KEYS);
        let key = self.random.of(&["ed25519", "ed25519-other", "ca", "ca-other", "rsa1024", "cert", "ecdsa256"]);
        let line = self.material.line(key);
        let bytes = match self.random.below(12) {
            0 => self.material.list("krl-empty").to_vec(),
            1 => self.material.list("krl-key").to_vec(),
            2 => self.material.list("krl-sha256").to_vec(),
            3 => self.material.list("krl-other").to_vec(),
            4 => self.material.list("krl-serial").to_vec(),
            5 => self.material.list("krl-id").to_vec(),
            6 => self.material.list("krl-other-serial").to_vec(),
            7 => {
                let whole = self.material.list("krl-key");
                whole[..whole.len() - self.random.of(&[1, 4, 40])].to_vec()
            }
            8 => format!("# none of ours\n\n  {line} a comment\n").into_bytes(),
            9 => format!("{line}\nnot a key\n").into_bytes(),
            10 => Vec::new(),
            _ => {
                match self.random.below(3) {
                    0 => drop(case.files.remove(REVOKED_KEYS)),
                    1 => {
                        let folder = File { content: Content::Folder, uid: 0, mode: 0o755 };
                        case.files.insert(REVOKED_KEYS.into(), folder);
                    }
                    _ => case.set("RevokedKeys", "none"),
                }
                return;
            }
        };
        case.write(REVOKED_KEYS, bytes);
    }
}
