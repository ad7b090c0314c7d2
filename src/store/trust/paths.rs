//! Which files are watched.

/// The system's files, by their paths below the root.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrustPaths {
    /// `/etc/hosts.equiv`
    pub hosts_equiv: String,
    /// `/etc/ssh/shosts.equiv`
    pub shosts_equiv: String,
    /// `/etc/ssh/ssh_known_hosts`
    pub known_hosts: String,
    /// `/etc/ssh/ssh_known_hosts2`
    pub known_hosts2: String,
    /// RevokedKeys of sshd_config(5): none. Each that is named must be there, or every key is refused.
    pub revoked_keys: Vec<String>,
}

impl TrustPaths {
    /// The files of an OpenSSH whose configuration stands in this folder (`/usr/local/etc` of one that was built by hand).
    #[must_use]
    pub fn in_folder(folder: &str) -> Self {
        let folder = folder.trim_end_matches('/');
        Self {
            hosts_equiv: "/etc/hosts.equiv".to_owned(),
            shosts_equiv: format!("{folder}/shosts.equiv"),
            known_hosts: format!("{folder}/ssh_known_hosts"),
            known_hosts2: format!("{folder}/ssh_known_hosts2"),
            revoked_keys: Vec::new(),
        }
    }

    /// The same, with these RevokedKeys files: those of the policy that decides.
    #[must_use]
    pub fn with_revoked_keys(self, paths: &[String]) -> Self {
        Self { revoked_keys: paths.to_vec(), ..self }
    }
}

/// Those of an OpenSSH as distributions build it.
impl Default for TrustPaths {
    fn default() -> Self {
        Self::in_folder("/etc/ssh")
    }
}
