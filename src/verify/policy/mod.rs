//! The knobs of sshd_config(5) that decide, under their names and with their defaults in OpenSSH 10.5.

mod error;
mod knob;
mod methods;
mod output;
mod set;
mod words;

#[cfg(test)]
mod tests;

pub use error::PolicyError;
pub use methods::{AfterSuccess, AuthenticationMethods, Method, MethodsError, MethodsProgress};

use crate::key::AlgorithmList;

/// What the server's configuration says. [`Policy::default`] is sshd's: the method itself is off, and without
/// `HostbasedAuthentication yes` nobody is let in.
///
/// Each field is named as the keyword of sshd_config(5). What stands in a `Match` block is sshd's to work out: take it
/// from `sshd -T -C user=…,host=…,addr=…` by [`Policy::from_sshd`]; [`Policy::set`] sets one knob.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// HostbasedAuthentication: whether the method is there at all. Default no.
    pub hostbased_authentication: bool,
    /// HostbasedAcceptedAlgorithms: what a request may be signed by.
    pub hostbased_accepted_algorithms: AlgorithmList,
    /// CASignatureAlgorithms: what an authority may sign certificates by.
    pub ca_signature_algorithms: AlgorithmList,
    /// RequiredRSASize, in bits; less than 1024 is never accepted. Default 1024.
    pub required_rsa_size: usize,
    /// HostbasedUsesNameFromPacketOnly: the client's own word for its name counts, not its address. Default no.
    pub hostbased_uses_name_from_packet_only: bool,
    /// UseDNS: the name that the peer's address resolves to counts, not the address itself. Default no.
    pub use_dns: bool,
    /// IgnoreRhosts: which of the user's own equiv files are passed over. Default yes: both.
    pub ignore_rhosts: IgnoreRhosts,
    /// IgnoreUserKnownHosts: the user's own known_hosts files are passed over. Default no.
    pub ignore_user_known_hosts: bool,
    /// StrictModes: a user's files count only when nobody else can write them. Default yes.
    pub strict_modes: bool,
    /// PermitRootLogin. Default prohibit-password, which lets hostbased through.
    pub permit_root_login: PermitRootLogin,
    /// AllowUsers: patterns of which one must fit the account, in order; none: everybody. Default none.
    pub allow_users: Vec<String>,
    /// DenyUsers: patterns of which none may fit the account. Default none.
    pub deny_users: Vec<String>,
    /// AllowGroups: patterns of which one must fit one of the account's groups; none: everybody. Default none.
    pub allow_groups: Vec<String>,
    /// DenyGroups: patterns of which none may fit any of the account's groups. Default none.
    pub deny_groups: Vec<String>,
    /// AuthenticationMethods: which methods must succeed, one after the other. Default any one. What counts is
    /// [`Policy::methods`].
    pub authentication_methods: AuthenticationMethods,
    /// PubkeyAuthentication. Default yes. As the next three, it decides which lists of AuthenticationMethods count.
    pub pubkey_authentication: bool,
    /// PasswordAuthentication. Default yes.
    pub password_authentication: bool,
    /// KbdInteractiveAuthentication. Default yes.
    pub kbd_interactive_authentication: bool,
    /// GSSAPIAuthentication. Default no.
    pub gssapi_authentication: bool,
    /// RefuseConnection: the connection ends before any method is tried (monitor.c `mm_answer_pwnamallow`; OpenSSH 9.9
    /// and later). Default no.
    pub refuse_connection: bool,
    /// UsePAM: PAM says whether an account is locked, not its password entry. Default no.
    pub use_pam: bool,
    /// ChrootDirectory: where the session is shut in; then the account's shell is not looked at. Default none.
    pub chroot_directory: Option<String>,
    /// RevokedKeys: the files, each of which must be readable. Default none.
    pub revoked_keys: Vec<String>,
    /// RequireNameMatch, which sshd lacks: the name that the client claims must be the one its address resolves to.
    /// Default no.
    pub require_name_match: bool,
}

/// IgnoreRhosts of sshd_config(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IgnoreRhosts {
    /// `yes`: `~/.shosts` and `~/.rhosts` are passed over.
    Yes,
    /// `no`: both count.
    No,
    /// `shosts-only`: `~/.shosts` counts, `~/.rhosts` is passed over.
    ShostsOnly,
}

/// PermitRootLogin of sshd_config(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermitRootLogin {
    /// `yes`: by any method.
    Yes,
    /// `prohibit-password` (once `without-password`): by public key, hostbased or GSSAPI.
    ProhibitPassword,
    /// `forced-commands-only`: by a public key that is bound to a command.
    ForcedCommandsOnly,
    /// `no`: not at all.
    No,
}

impl PermitRootLogin {
    /// Whether root may log in by hostbased (auth.c `auth_root_allowed`). `forced-commands-only` says no: a command is
    /// forced by a line of authorized_keys or by a user certificate, and hostbased has neither (ForceCommand of
    /// sshd_config does not count there).
    ///
    /// sshd asks when the signature was found good, and says "ROOT LOGIN REFUSED FROM address port number".
    #[must_use]
    pub const fn allows_hostbased(self) -> bool {
        match self {
            Self::Yes | Self::ProhibitPassword => true,
            Self::ForcedCommandsOnly | Self::No => false,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hostbased_authentication: false,
            hostbased_accepted_algorithms: AlgorithmList::hostbased_default(),
            ca_signature_algorithms: AlgorithmList::ca_default(),
            required_rsa_size: crate::key::MIN_RSA_BITS,
            hostbased_uses_name_from_packet_only: false,
            use_dns: false,
            ignore_rhosts: IgnoreRhosts::Yes,
            ignore_user_known_hosts: false,
            strict_modes: true,
            permit_root_login: PermitRootLogin::ProhibitPassword,
            allow_users: Vec::new(),
            deny_users: Vec::new(),
            allow_groups: Vec::new(),
            deny_groups: Vec::new(),
            authentication_methods: AuthenticationMethods::any(),
            pubkey_authentication: true,
            password_authentication: true,
            kbd_interactive_authentication: true,
            gssapi_authentication: false,
            refuse_connection: false,
            use_pam: false,
            chroot_directory: None,
            revoked_keys: Vec::new(),
            require_name_match: false,
        }
    }
}

impl Policy {
    /// Whether the method is switched on at all.
    #[must_use]
    pub const fn is_enabled(&self, method: Method) -> bool {
        match method {
            Method::None => true,
            Method::PublicKey => self.pubkey_authentication,
            Method::GssapiWithMic => self.gssapi_authentication,
            Method::Password => self.password_authentication,
            Method::KeyboardInteractive => self.kbd_interactive_authentication,
            Method::Hostbased => self.hostbased_authentication,
        }
    }

    /// AuthenticationMethods as a connection has it: without the lists that hold a method that is switched off (auth2.c
    /// `auth2_setup_methods_lists`).
    #[must_use]
    pub fn methods(&self) -> AuthenticationMethods {
        self.authentication_methods.without_disabled(|method| self.is_enabled(method))
    }
}
