//! Certificates that a KRL revokes under one authority, or under any (OpenSSH: PROTOCOL.krl section 2, krl.c
//! `parse_revoked_certs` and `is_cert_revoked`).

use std::collections::BTreeSet;

use super::error::{KrlProblem, RevokedError};
use super::krl::{extension, no_more};
use super::revocation::{Revocation, Scope};
use super::sections::{Section, Sections, string, text};
use super::serials::{FoundSerials, Serials};
use crate::key::Certificate;
use crate::wire::{Reader, WireErrorKind};

// PROTOCOL.krl section 2: types of the sections inside.
const SERIAL_LIST: u8 = 0x20;
const SERIAL_RANGE: u8 = 0x21;
const SERIAL_BITMAP: u8 = 0x22;
const KEY_ID: u8 = 0x23;
const EXTENSION: u8 = 0x39;

/// Longest bitmap, in bytes (OpenSSH: sshbuf.h `SSHBUF_MAX_BIGNUM`); a zero may stand in front of it.
const MAX_BITMAP_BYTES: usize = 2048;

/// Serial numbers and key ids as they are found.
#[derive(Debug, Default)]
pub(super) struct FoundCertificates {
    serials: FoundSerials,
    key_ids: BTreeSet<Box<[u8]>>,
}

impl FoundCertificates {
    /// Adds what the sections inside a certificate section say.
    pub(super) fn read(&mut self, mut sections: Sections<'_>) -> Result<(), RevokedError> {
        while let Some(section) = sections.next()? {
            let (name, result) = self.section(section);
            result.map_err(|problem| problem.at(name, section.offset))?;
        }
        Ok(())
    }

    fn section(&mut self, section: Section<'_>) -> (&'static str, Result<(), KrlProblem>) {
        let data = Reader::new(section.data);
        match section.number {
            SERIAL_LIST => ("certificate serial list", self.serial_list(data)),
            SERIAL_RANGE => ("certificate serial range", self.serial_range(data)),
            SERIAL_BITMAP => ("certificate serial bitmap", self.serial_bitmap(data)),
            KEY_ID => ("certificate key ids", self.key_ids(data)),
            EXTENSION => ("certificate extension", extension(data)),
            number => ("certificate section", Err(KrlProblem::UnknownSection { number })),
        }
    }

    fn serial_list(&mut self, mut data: Reader<'_>) -> Result<(), KrlProblem> {
        while !data.rest().is_empty() {
            let serial = data.uint64("serial")?;
            self.serials.range(serial, serial)?;
        }
        Ok(())
    }

    fn serial_range(&mut self, mut data: Reader<'_>) -> Result<(), KrlProblem> {
        let (first, last) = (data.uint64("first serial")?, data.uint64("last serial")?);
        no_more(data, "last serial")?;
        self.serials.range(first, last)
    }

    fn serial_bitmap(&mut self, mut data: Reader<'_>) -> Result<(), KrlProblem> {
        let offset = data.uint64("serial offset")?;
        let bitmap = bitmap(&mut data)?;
        no_more(data, "bitmap")?;
        self.serials.bitmap(offset, bitmap)
    }

    fn key_ids(&mut self, mut data: Reader<'_>) -> Result<(), KrlProblem> {
        while !data.rest().is_empty() {
            self.key_ids.insert(text(&mut data, "key id")?.into());
        }
        Ok(())
    }

    /// Makes them fit to be searched.
    pub(super) fn sorted(self) -> Certificates {
        Certificates { serials: self.serials.sorted(), key_ids: self.key_ids }
    }
}

/// A bitmap's bytes: an `mpint` that is not negative (OpenSSH: sshbuf-getput-basic.c `sshbuf_get_bignum2_bytes_direct`).
fn bitmap<'a>(data: &mut Reader<'a>) -> Result<&'a [u8], KrlProblem> {
    const FIELD: &str = "bitmap";
    let bitmap = string(data, FIELD)?;
    match bitmap {
        [first, ..] if first & 0x80 != 0 => Err(WireErrorKind::Unexpected.of(FIELD).into()),
        [0, rest @ ..] if rest.len() <= MAX_BITMAP_BYTES => Ok(rest),
        _ if bitmap.len() <= MAX_BITMAP_BYTES => Ok(bitmap),
        _ => Err(WireErrorKind::TooLong { length: bitmap.len(), max: MAX_BITMAP_BYTES }.of(FIELD).into()),
    }
}

/// The certificates that are revoked under one authority, or under any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Certificates {
    serials: Serials,
    key_ids: BTreeSet<Box<[u8]>>,
}

impl Certificates {
    pub(super) fn check(&self, certificate: &Certificate, scope: Scope) -> Option<Revocation> {
        // As programs in C compare it: up to a NUL.
        let key_id = certificate.key_id().split('\0').next().unwrap_or_default();
        if self.key_ids.contains(key_id.as_bytes()) {
            return Some(Revocation::KeyId(scope));
        }
        // Serial number 0 means that the authority gave none; it is in no set.
        self.serials.contains(certificate.serial()).then_some(Revocation::Serial(scope))
    }
}
