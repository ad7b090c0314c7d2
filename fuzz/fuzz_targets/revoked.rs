//! RevokedKeys: key revocation lists and lists of keys. A file that is damaged anywhere must be refused as a whole, and one
//! that is taken must revoke all that it names; a naive reader of the same format says which.
#![no_main]

use std::sync::LazyLock;

use hostbased::key::{MIN_RSA_BITS, PublicKey, parse_public_key_line};
use hostbased::revoked::RevokedKeys;
use hostbased_fuzz::wire::{bytes, string, uint64};
use libfuzzer_sys::fuzz_target;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Keys that are asked for: plain ones, and certificates of `ca.pub` with serial numbers and key ids.
static KEYS: LazyLock<Vec<PublicKey>> = LazyLock::new(|| {
    let files = [
        include_bytes!("../../tests/vectors/keys/ed25519.pub").as_slice(),
        include_bytes!("../../tests/vectors/keys/ed25519-cert.pub"),
        include_bytes!("../../tests/vectors/keys/ecdsa256-cert.pub"),
        include_bytes!("../../tests/vectors/keys/rsa-cert.pub"),
        include_bytes!("../../tests/vectors/keys/ca.pub"),
    ];
    files.iter().map(|file| parse_public_key_line(file.trim_ascii()).unwrap().0).collect()
});

fuzz_target!(|input: &[u8]| {
    let parsed = RevokedKeys::parse(input);
    match input.strip_prefix(b"SSHKRL\n\0") {
        Some(rest) => {
            let naive = naive_krl(rest);
            assert_eq!(parsed.is_ok(), naive.is_some(), "{parsed:?}");
            if let (Ok(parsed), Some(naive)) = (&parsed, naive) {
                for key in KEYS.iter() {
                    assert_eq!(parsed.check(key).is_some(), naive.revokes(key), "{key}");
                }
            }
        }
        None => {
            assert!(RevokedKeys::parse(&[input, b"\nrubbish\n"].concat()).is_err());
            let Ok(parsed) = parsed else { return };
            for line in input.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#")) {
                let Ok((key, _)) = parse_public_key_line(line) else { continue };
                let is_read = key.rsa_bits().is_none_or(|bits| bits >= MIN_RSA_BITS);
                assert!(!is_read || parsed.check(&key).is_some(), "{key}");
            }
        }
    }
});

/// What a KRL names (OpenSSH: PROTOCOL.krl).
#[derive(Default)]
struct Krl {
    keys: Vec<Vec<u8>>,
    sha1: Vec<Vec<u8>>,
    sha256: Vec<Vec<u8>>,
    certificates: Vec<Certificates>,
}

#[derive(Default)]
struct Certificates {
    /// Of any authority, where there is none.
    authority: Option<Vec<u8>>,
    ranges: Vec<(u64, u64)>,
    key_ids: Vec<Vec<u8>>,
}

impl Krl {
    fn revokes(&self, key: &PublicKey) -> bool {
        let plain = |key: &PublicKey| {
            let blob = key.blob().to_vec();
            self.keys.contains(&blob)
                || self.sha1.contains(&Sha1::digest(&blob).to_vec())
                || self.sha256.contains(&Sha256::digest(&blob).to_vec())
        };
        let certificate = key.certificate().is_some_and(|certificate| {
            let (serial, key_id) = (certificate.serial(), certificate.key_id().as_bytes().to_vec());
            plain(certificate.authority())
                || self.certificates.iter().any(|its| {
                    let is_authority =
                        its.authority.as_ref().is_none_or(|authority| authority == certificate.authority().blob());
                    let is_listed = its.ranges.iter().any(|&(first, last)| first <= serial && serial <= last);
                    is_authority && (is_listed || its.key_ids.contains(&key_id))
                })
        });
        plain(key.plain()) || certificate
    }
}

fn naive_krl(mut file: &[u8]) -> Option<Krl> {
    let rest = &mut file;
    if bytes(rest, 4)? != [0, 0, 0, 1] {
        return None;
    }
    bytes(rest, 24)?; // version, date, flags
    string(rest)?; // reserved
    text(rest)?; // comment
    let mut krl = Krl::default();
    while !rest.is_empty() {
        let number = bytes(rest, 1)?[0];
        let data = &mut string(rest)?;
        match number {
            1 => krl.certificates.push(certificates(data)?),
            2 => {
                while !data.is_empty() {
                    let blob = string(data)?;
                    let plain = PublicKey::from_blob(blob).map(|key| key.plain().blob().to_vec());
                    krl.keys.push(plain.unwrap_or_else(|_| blob.to_vec()));
                }
            }
            3 => hashes(data, 20, &mut krl.sha1)?,
            5 => hashes(data, 32, &mut krl.sha256)?,
            4 => {
                string(rest)?;
            }
            255 => extension(data)?,
            _ => return None,
        }
    }
    Some(krl)
}

fn hashes(data: &mut &[u8], length: usize, hashes: &mut Vec<Vec<u8>>) -> Option<()> {
    while !data.is_empty() {
        hashes.push(string(data).filter(|hash| hash.len() == length)?.to_vec());
    }
    Some(())
}

fn certificates(data: &mut &[u8]) -> Option<Certificates> {
    let mut found = Certificates::default();
    let authority = string(data)?;
    string(data)?; // reserved
    if !authority.is_empty() {
        let key = PublicKey::from_blob(authority).ok()?;
        if key.rsa_bits().is_some_and(|bits| bits < MIN_RSA_BITS) {
            return None;
        }
        found.authority = Some(key.plain().blob().to_vec());
    }
    while !data.is_empty() {
        let number = bytes(data, 1)?[0];
        let data = &mut string(data)?;
        match number {
            0x20 => {
                while !data.is_empty() {
                    let serial = uint64(data).filter(|&serial| serial != 0)?;
                    found.ranges.push((serial, serial));
                }
            }
            0x21 => {
                let (first, last) = (uint64(data)?, uint64(data)?);
                if first == 0 || first > last || !data.is_empty() {
                    return None;
                }
                found.ranges.push((first, last));
            }
            0x22 => {
                let (offset, number) = (uint64(data)?, string(data)?);
                let digits = number.strip_prefix(b"\0").unwrap_or(number);
                let is_negative = number.first().is_some_and(|first| first & 0x80 != 0);
                if is_negative || digits.len() > 2048 || !data.is_empty() {
                    return None;
                }
                for (byte, at) in digits.iter().rev().zip((0..).step_by(8)) {
                    for bit in (0..8).filter(|bit| byte & (1 << bit) != 0) {
                        let serial = offset.checked_add(at + bit).filter(|&serial| serial != 0)?;
                        found.ranges.push((serial, serial));
                    }
                }
            }
            0x23 => {
                while !data.is_empty() {
                    found.key_ids.push(text(data)?.to_vec());
                }
            }
            0x39 => extension(data)?,
            _ => return None,
        }
    }
    Some(found)
}

fn extension(data: &mut &[u8]) -> Option<()> {
    text(data)?; // name
    let critical = bytes(data, 1)?[0];
    string(data)?;
    (critical == 0 && data.is_empty()).then_some(())
}

/// A text, which may have a NUL at its end.
fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let text = string(rest)?;
    let text = text.strip_suffix(b"\0").unwrap_or(text);
    (!text.contains(&0)).then_some(text)
}
