//! The request that a case's client sends.

use hostbased::wire::{Request, Writer};

use crate::case::{Case, Signature};
use crate::material::Material;
use crate::recipes::CERTIFICATES;

/// The payload, signed for this connection as the case has it.
pub(crate) fn of(case: &Case, material: &Material, session_id: &[u8]) -> Vec<u8> {
    let request = Request {
        user: case.account.as_bytes(),
        algorithm: case.algorithm.as_bytes(),
        public_key: material.blob(&case.key),
        client_host: &case.client_host,
        client_user: &case.client_user,
        signature: b"",
    };
    let signature = sign(case, material, &request, session_id);
    [Request { signature: &signature, ..request }.encode(), case.tail.clone()].concat()
}

fn sign(case: &Case, material: &Material, request: &Request<'_>, session_id: &[u8]) -> Vec<u8> {
    let key = secret_of(&case.key);
    let good = |data: &[u8]| material.sign(key, &case.algorithm, data);
    if case.key == "sk" {
        return by_a_token(case.signature, material, &request.signed_data(session_id));
    }
    match case.signature {
        Signature::Good | Signature::NotTouched => good(&request.signed_data(session_id)),
        Signature::ByAnotherKey => {
            let other = if key.starts_with("ecdsa256") { "ecdsa256-other" } else { "ed25519-other" };
            material.sign(other, &case.algorithm, &request.signed_data(session_id))
        }
        Signature::OfAnotherSession => good(&request.signed_data(&[7; 32])),
        Signature::ForAnotherAccount => good(&Request { user: b"bob", ..*request }.signed_data(session_id)),
        Signature::ForAnotherHost => {
            good(&Request { client_host: b"node2.cluster.test.", ..*request }.signed_data(session_id))
        }
        Signature::WithoutTheNul => {
            let end = |name: &[u8]| name.strip_suffix(b"\0").unwrap_or(name).to_vec();
            let (host, user) = (end(request.client_host), end(request.client_user));
            good(&Request { client_host: &host, client_user: &user, ..*request }.signed_data(session_id))
        }
        Signature::Damaged => {
            let mut signature = good(&request.signed_data(session_id));
            let middle = signature.len() - 20;
            signature[middle] ^= 4;
            signature
        }
        Signature::TrailingByte => [good(&request.signed_data(session_id)), vec![0]].concat(),
        Signature::ByAnotherHash => {
            let other = if case.algorithm.starts_with("rsa-sha2-256") { "rsa-sha2-512" } else { "rsa-sha2-256" };
            material.sign(key, other, &request.signed_data(session_id))
        }
        Signature::Empty => Vec::new(),
    }
}

/// The key pair of a key or certificate.
pub(crate) fn secret_of(key: &str) -> &str {
    match key {
        "cert-forged" | "sk" | "cut" | "tail" | "nothing" => "ed25519",
        key => CERTIFICATES.iter().find(|(name, ..)| *name == key).map_or(key, |(_, of, ..)| *of),
    }
}

/// As a FIDO token signs (OpenSSH: PROTOCOL.u2f): over hashes of its application and of the data, with flags and a
/// counter between them.
fn by_a_token(how: Signature, material: &Material, data: &[u8]) -> Vec<u8> {
    const USER_PRESENT: u8 = 1;
    let flags = if how == Signature::NotTouched { 0 } else { USER_PRESENT };
    let sha256 = |bytes: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let signed = Writer::new().raw(sha256(b"ssh:").as_ref()).byte(flags).uint32(9).raw(sha256(data).as_ref());
    let plain = material.sign("ed25519", "ssh-ed25519", &signed.into_bytes());
    let raw = plain.last_chunk::<64>().unwrap();
    Writer::new().string(b"sk-ssh-ed25519@openssh.com").string(raw).byte(flags).uint32(9).into_bytes()
}
