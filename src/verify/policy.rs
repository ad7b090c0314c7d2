//! The knobs of sshd_config(5) that decide, under their names and with their defaults in OpenSSH 10.5.

use crate::key::AlgorithmList;

/// What the server's configuration says. [`Policy::default`] is sshd's, but with the method itself switched on by the
/// one who calls `verify` at all.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Policy {
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
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            hostbased_accepted_algorithms: AlgorithmList::hostbased_default(),
            ca_signature_algorithms: AlgorithmList::ca_default(),
            required_rsa_size: crate::key::MIN_RSA_BITS,
            hostbased_uses_name_from_packet_only: false,
            use_dns: false,
        }
    }
}
