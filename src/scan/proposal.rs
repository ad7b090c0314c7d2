//! Which host key algorithms a server offers: its `SSH_MSG_KEXINIT`, the first packet that it sends, in clear
//! ([RFC 4253 section 7.1](https://www.rfc-editor.org/rfc/rfc4253#section-7.1)).
//!
//! What is read here saves connections that would come to nothing, and makes no key believed. Whoever could change it on
//! its way could as well break off every connection for a type that he wants to hide.

use super::packet::{MAX_HANDSHAKE_BYTES, payload};
use crate::key::Algorithm;
use crate::wire::{Reader, WireError};

const SSH_MSG_KEXINIT: u8 = 20;
/// `SSH_MSG_IGNORE`, `SSH_MSG_UNIMPLEMENTED`, `SSH_MSG_DEBUG`: may come at any time (RFC 4253 section 11).
const MAY_COME_BEFORE: [u8; 3] = [2, 3, 4];

/// The lists of a proposal: key exchange methods, host key algorithms, then ciphers, authentication codes, compressions
/// and languages, each for both directions.
const LISTS: usize = 10;

/// The host key algorithms that a server offers, as it sent them: a list of names between commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Proposal(Box<[u8]>);

impl Proposal {
    /// The proposal among these packets; `None` when it has not come, or is not one, strictly read.
    pub(super) fn find(packets: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(packets);
        loop {
            let payload = payload(&mut reader).ok()?;
            let (kind, fields) = payload.split_first()?;
            if *kind == SSH_MSG_KEXINIT {
                return host_key_algorithms(fields).ok().map(|list| Self(list.into()));
            }
            if !MAY_COME_BEFORE.contains(kind) {
                return None;
            }
        }
    }

    /// Whether it has one of these.
    pub(super) fn offers_any(&self, wanted: &[Algorithm]) -> bool {
        self.0.split(|&byte| byte == b',').any(|name| wanted.iter().any(|wanted| wanted.name().as_bytes() == name))
    }
}

fn host_key_algorithms(fields: &[u8]) -> Result<&[u8], WireError> {
    let mut fields = Reader::new(fields);
    fields.bytes("cookie", 16)?;
    fields.string("key exchange methods", MAX_HANDSHAKE_BYTES)?;
    let wanted = fields.string("host key algorithms", MAX_HANDSHAKE_BYTES)?;
    for _ in 2..LISTS {
        fields.string("list of names", MAX_HANDSHAKE_BYTES)?;
    }
    fields.byte("first_kex_packet_follows")?;
    fields.uint32("reserved")?;
    fields.finish("the proposal").map(|()| wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::ScanType;
    use crate::wire::Writer;

    fn packet(payload: &[u8]) -> Vec<u8> {
        Writer::new().string(&[&[4], payload, &[0; 4]].concat()).into_bytes()
    }

    fn kexinit(algorithms: &str) -> Vec<u8> {
        let start = Writer::new().byte(20).raw(&[7; 16]).string(b"kex").string(algorithms.as_bytes());
        let lists = (2..LISTS).fold(start, |writer, _| writer.string(b"none"));
        lists.byte(0).uint32(0).into_bytes()
    }

    #[test]
    fn types_are_offered_by_the_exact_names_in_the_list() {
        let proposal =
            Proposal::find(&packet(&kexinit("ssh-rsa,rsa-sha2-256,ssh-ed25519-cert-v01@openssh.com"))).unwrap();
        let offers = |kind: ScanType, certificates| proposal.offers_any(&kind.algorithms(certificates));
        assert!(offers(ScanType::Rsa, false));
        assert!(offers(ScanType::Ed25519, true));
        assert!(!offers(ScanType::Ed25519, false));
        assert!(!offers(ScanType::Rsa, true));
        assert!(!offers(ScanType::Ecdsa, false));
        assert!(!offers(ScanType::Mldsa44Ed25519, false));
        for list in ["", "ssh-rsax", "xssh-rsa", "rsa-sha2-512 ,x", "SSH-RSA"] {
            let proposal = Proposal::find(&packet(&kexinit(list))).unwrap();
            assert!(!proposal.offers_any(&ScanType::Rsa.algorithms(false)), "{list}");
        }
    }

    #[test]
    fn only_a_whole_proposal_that_comes_first_is_one() {
        let good = kexinit("ssh-rsa");
        let found = |packets: &[Vec<u8>]| Proposal::find(&packets.concat()).is_some();
        assert!(found(&[packet(&good)]));
        assert!(found(&[packet(&good), packet(b"\x15")]));
        for kind in MAY_COME_BEFORE {
            assert!(found(&[packet(&[kind, 1, 2]), packet(&good)]));
        }
        // KEXINIT's neighbours, and what is no message before the keys are exchanged.
        for kind in [0, 1, 5, 19, 21, 31] {
            assert!(!found(&[packet(&[kind]), packet(&good)]), "{kind}");
        }
        assert!(!found(&[]));
        assert!(!found(&[packet(&[]), packet(&good)]));
        let whole = packet(&good);
        assert!(!found(&[whole[..whole.len() - 1].to_vec()]), "it has not come whole");
        for cut in 1..good.len() {
            assert!(!found(&[packet(&good[..cut])]), "{cut}");
        }
        assert!(!found(&[packet(&[&good[..], &[0]].concat())]));
    }
}
