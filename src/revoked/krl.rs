//! A key revocation list (OpenSSH: PROTOCOL.krl, krl.c `ssh_krl_from_blob` and `is_key_revoked`).

use std::collections::{BTreeMap, BTreeSet};

use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::certificates::{Certificates, FoundCertificates};
use super::error::{KrlProblem, RevokedError};
use super::flat::short_rsa_bits;
use super::revocation::{Means, Revocation, Scope};
use super::sections::{Section, Sections, string, text};
use crate::escape::escape;
use crate::key::PublicKey;
use crate::wire::{Reader, WireErrorKind};

/// What every KRL begins with.
pub(super) const MAGIC: &[u8] = b"SSHKRL\n\0";

const FORMAT_VERSION: u32 = 1;

// PROTOCOL.krl section 1: section types.
const CERTIFICATES: u8 = 1;
const EXPLICIT_KEY: u8 = 2;
const FINGERPRINT_SHA1: u8 = 3;
const SIGNATURE: u8 = 4;
const FINGERPRINT_SHA256: u8 = 5;
const EXTENSION: u8 = 255;

/// What a KRL says of itself. Nothing of it is signed or checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KrlHeader {
    version: u64,
    generated: u64,
    comment: Vec<u8>,
}

impl KrlHeader {
    /// The number that its author gave it (`ssh-keygen -z`), 0 if none. It should rise with each change.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// When it was made, in seconds since 1970.
    #[must_use]
    pub const fn generated(&self) -> u64 {
        self.generated
    }

    /// Its comment, as its author wrote it: [`escape`] it before it is shown.
    #[must_use]
    pub fn comment(&self) -> &[u8] {
        &self.comment
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, KrlProblem> {
        let version = reader.uint32("format version")?;
        if version != FORMAT_VERSION {
            return Err(KrlProblem::FormatVersion { version });
        }
        let (version, generated) = (reader.uint64("version")?, reader.uint64("generated date")?);
        // Neither flags nor the reserved field have a meaning yet; OpenSSH ignores both.
        reader.uint64("flags")?;
        string(reader, "reserved")?;
        Ok(Self { version, generated, comment: text(reader, "comment")?.to_vec() })
    }
}

/// A KRL, ready for questions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Krl {
    header: KrlHeader,
    keys: BTreeSet<Box<[u8]>>,
    sha1: Vec<[u8; 20]>,
    sha256: Vec<[u8; 32]>,
    any_authority: Certificates,
    by_authority: BTreeMap<Box<[u8]>, Certificates>,
}

impl Krl {
    /// Reads what follows the magic.
    pub(super) fn parse(rest: &[u8]) -> Result<Self, RevokedError> {
        let mut reader = Reader::new(rest);
        let header = KrlHeader::read(&mut reader).map_err(|problem| problem.at("header", 0))?;
        let mut sections = Sections::new(reader, MAGIC.len().saturating_add(rest.len()));
        let mut found = Found::default();
        while let Some(section) = sections.next()? {
            let data = Reader::new(section.data);
            let (name, result) = match section.number {
                CERTIFICATES => {
                    found.certificates(section)?;
                    continue;
                }
                EXPLICIT_KEY => ("explicit keys", found.explicit_keys(data)),
                FINGERPRINT_SHA1 => ("SHA-1 fingerprints", fingerprints(data, &mut found.sha1)),
                FINGERPRINT_SHA256 => ("SHA-256 fingerprints", fingerprints(data, &mut found.sha256)),
                EXTENSION => ("extension", extension(data)),
                // Skipped, not verified: OpenSSH has no keys to verify it with.
                SIGNATURE => ("signature", sections.signature().map_err(KrlProblem::from)),
                number => ("section", Err(KrlProblem::UnknownSection { number })),
            };
            result.map_err(|problem| problem.at(name, section.offset))?;
        }
        Ok(found.sorted(header))
    }

    pub(super) const fn header(&self) -> &KrlHeader {
        &self.header
    }

    pub(super) fn check(&self, key: &PublicKey) -> Option<Revocation> {
        let by_certificate = || {
            let certificate = key.certificate()?;
            let its = self.by_authority.get(certificate.authority().blob());
            its.and_then(|its| its.check(certificate, Scope::ItsAuthority))
                .or_else(|| self.any_authority.check(certificate, Scope::AnyAuthority))
                .or_else(|| self.plain_key(certificate.authority()).map(Revocation::Authority))
        };
        self.plain_key(key.plain()).map(Revocation::Key).or_else(by_certificate)
    }

    fn plain_key(&self, key: &PublicKey) -> Option<Means> {
        let blob = key.blob();
        if self.sha1.binary_search(&Sha1::digest(blob).into()).is_ok() {
            return Some(Means::Sha1);
        }
        if self.sha256.binary_search(&Sha256::digest(blob).into()).is_ok() {
            return Some(Means::Sha256);
        }
        self.keys.contains(blob).then_some(Means::ExplicitKey)
    }
}

/// What the sections say, as they are read.
#[derive(Default)]
struct Found {
    keys: BTreeSet<Box<[u8]>>,
    sha1: Vec<[u8; 20]>,
    sha256: Vec<[u8; 32]>,
    any_authority: FoundCertificates,
    by_authority: BTreeMap<Box<[u8]>, FoundCertificates>,
}

impl Found {
    fn certificates(&mut self, section: Section<'_>) -> Result<(), RevokedError> {
        let mut data = Reader::new(section.data);
        let authority = authority(&mut data).map_err(|problem| problem.at("certificates", section.offset))?;
        let certificates = match authority {
            None => &mut self.any_authority,
            Some(key) => self.by_authority.entry(key.plain().blob().into()).or_default(),
        };
        certificates.read(Sections::new(data, section.end))
    }

    fn explicit_keys(&mut self, mut data: Reader<'_>) -> Result<(), KrlProblem> {
        while !data.rest().is_empty() {
            let blob = string(&mut data, "key")?;
            // It must be no certificate; where it is one, its key is meant. A key of a type yet unknown stays as it is.
            let certified = PublicKey::from_blob(blob).ok().filter(|key| key.certificate().is_some());
            self.keys.insert(certified.as_ref().map_or(blob, |key| key.plain().blob()).into());
        }
        Ok(())
    }

    fn sorted(mut self, header: KrlHeader) -> Krl {
        self.sha1.sort_unstable();
        self.sha256.sort_unstable();
        Krl {
            header,
            keys: self.keys,
            sha1: self.sha1,
            sha256: self.sha256,
            any_authority: self.any_authority.sorted(),
            by_authority: self.by_authority.into_iter().map(|(key, found)| (key, found.sorted())).collect(),
        }
    }
}

/// The authority that a certificate section is about: `None` is any. A certificate stands for its plain key.
fn authority(data: &mut Reader<'_>) -> Result<Option<PublicKey>, KrlProblem> {
    let blob = string(data, "authority")?;
    string(data, "reserved")?;
    if blob.is_empty() {
        return Ok(None);
    }
    let key = PublicKey::from_blob(blob)?;
    match short_rsa_bits(&key) {
        Some(bits) => Err(KrlProblem::ShortAuthority { bits }),
        None => Ok(Some(key)),
    }
}

fn fingerprints<const N: usize>(mut data: Reader<'_>, found: &mut Vec<[u8; N]>) -> Result<(), KrlProblem> {
    while !data.rest().is_empty() {
        let hash = string(&mut data, "fingerprint")?;
        found.push(hash.try_into().map_err(|_| WireErrorKind::Unexpected.of("fingerprint"))?);
    }
    Ok(())
}

/// An extension, of the whole KRL or inside a certificate section. None is known, so one that is critical is refused.
pub(super) fn extension(mut data: Reader<'_>) -> Result<(), KrlProblem> {
    let name = text(&mut data, "extension name")?;
    let critical = data.byte("critical")? != 0;
    string(&mut data, "extension contents")?;
    no_more(data, "extension contents")?;
    if critical { Err(KrlProblem::CriticalExtension { name: escape(name).to_string() }) } else { Ok(()) }
}

/// Nothing may follow the last field of a section.
pub(super) fn no_more(data: Reader<'_>, after: &'static str) -> Result<(), KrlProblem> {
    Ok(data.finish(after)?)
}
