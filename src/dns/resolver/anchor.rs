//! Trust anchors: where chains of signatures begin.

use std::sync::Arc;

use hickory_proto::dnssec::rdata::{DNSKEY, DS};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKeyBuf, TrustAnchors};
use hickory_proto::rr::{LowerName, Name};
use thiserror::Error;

use crate::escape::escape;

/// Why a text holds no trust anchors.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnchorError {
    /// A line cannot be read.
    #[error("line {line}: {reason}: \"{}\"", escape(.text))]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
        /// The line.
        text: String,
    },
    /// There is none.
    #[error("it holds no DS and no DNSKEY record")]
    Empty,
}

/// Trust anchors as a file gives them: keys, or the digests of keys that are yet to be fetched.
#[derive(Clone)]
pub struct Anchors {
    keys: Vec<(Name, PublicKeyBuf)>,
    digests: Vec<(Name, DS)>,
}

impl Default for Anchors {
    /// The root zone's own, as IANA publishes them; built in.
    fn default() -> Self {
        Self { keys: Vec::new(), digests: Vec::new() }
    }
}

impl Anchors {
    /// Reads records of a zone file, one a line: `NAME [TTL] [IN] DS|DNSKEY ...`; `;` begins a comment.
    ///
    /// # Errors
    /// [`AnchorError`].
    pub fn parse(text: &str) -> Result<Self, AnchorError> {
        let mut anchors = Self::default();
        for (index, full) in text.lines().enumerate() {
            let line = full.split(';').next().unwrap_or_default();
            let mut words = line.split_whitespace().peekable();
            let Some(name) = words.next() else { continue };
            let bad = |reason| AnchorError::Line { line: index.saturating_add(1), reason, text: full.to_owned() };
            let name = Name::from_ascii(name).ok().filter(Name::is_fqdn);
            let name = name.ok_or(bad("the name must be a zone's, with its final dot"))?;
            while words.peek().is_some_and(|word| word.parse::<u32>().is_ok() || word.eq_ignore_ascii_case("in")) {
                words.next();
            }
            let kind = words.next().unwrap_or_default().to_ascii_uppercase();
            let rest: Vec<&str> = words.collect();
            match kind.as_str() {
                "DS" => anchors.digests.push((name, ds(&rest).ok_or(bad("no DS record"))?)),
                "DNSKEY" => anchors.keys.push((name, dnskey(&rest).ok_or(bad("no DNSKEY record of a zone"))?)),
                _ => return Err(bad("neither a DS nor a DNSKEY record")),
            }
        }
        if anchors.is_built_in() { Err(AnchorError::Empty) } else { Ok(anchors) }
    }

    /// Whether no file was read.
    const fn is_built_in(&self) -> bool {
        self.keys.is_empty() && self.digests.is_empty()
    }

    /// The zones whose keys are to be fetched, for only digests of them are known.
    pub(super) fn zones_of_digests(&self) -> Vec<Name> {
        let mut zones: Vec<Name> = self.digests.iter().map(|(zone, _)| zone.clone()).collect();
        zones.sort();
        zones.dedup();
        zones
    }

    /// All zones at which a chain may begin.
    pub(super) fn zones(&self) -> Vec<Name> {
        if self.is_built_in() {
            return vec![Name::root()];
        }
        let mut zones = self.zones_of_digests();
        zones.extend(self.keys.iter().map(|(zone, _)| zone.clone()));
        zones.sort();
        zones.dedup();
        zones
    }

    /// The keys that are trusted: those given, and of those `fetched` the ones whose digests were given.
    pub(super) fn trusted(&self, fetched: &[(Name, DNSKEY)]) -> Arc<TrustAnchors> {
        if self.is_built_in() {
            return Arc::new(TrustAnchors::default());
        }
        let mut trusted = TrustAnchors::empty();
        for (zone, key) in &self.keys {
            trusted.insert_with_name(key, LowerName::new(zone));
        }
        for (zone, key) in fetched {
            let mut digests = self.digests.iter().filter(|(of, _)| of == zone);
            if digests.any(|(_, ds)| !key.revoke() && is_of(ds, zone, key)) {
                trusted.insert_with_name(key.public_key(), LowerName::new(zone));
            }
        }
        Arc::new(trusted)
    }
}

fn is_of(ds: &DS, zone: &Name, key: &DNSKEY) -> bool {
    // A SHA-1 digest is no anchor.
    ds.digest_type() != DigestType::SHA1 && ds.covers(zone, key).unwrap_or(false)
}

/// `TAG ALGORITHM DIGEST-TYPE HEX...` ([RFC 4034 section 5.3](https://www.rfc-editor.org/rfc/rfc4034#section-5.3)).
fn ds(words: &[&str]) -> Option<DS> {
    let [tag, algorithm, kind, hex @ ..] = words else { return None };
    let hex: String = hex.concat();
    let digit = |at: usize| hex.get(at..at.checked_add(2)?).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let digest: Vec<u8> = (0..hex.len()).step_by(2).map(digit).collect::<Option<_>>()?;
    let kind = DigestType::from(kind.parse::<u8>().ok()?);
    let is_whole = match kind {
        DigestType::SHA256 => digest.len() == 32,
        DigestType::SHA384 => digest.len() == 48,
        _ => false,
    };
    let algorithm = Algorithm::from_u8(algorithm.parse().ok()?);
    is_whole.then(|| Some(DS::new(tag.parse().ok()?, algorithm, kind, digest)))?
}

/// `FLAGS 3 ALGORITHM BASE64...` ([RFC 4034 section 2.2](https://www.rfc-editor.org/rfc/rfc4034#section-2.2)).
fn dnskey(words: &[&str]) -> Option<PublicKeyBuf> {
    let [flags, "3", algorithm, base64 @ ..] = words else { return None };
    let flags: u16 = flags.parse().ok()?;
    // A zone key, and not revoked (RFC 5011 section 7).
    if flags & 0x0100 == 0 || flags & 0x0080 != 0 || base64.is_empty() {
        return None;
    }
    let bytes = <base64ct::Base64 as base64ct::Encoding>::decode_vec(&base64.concat()).ok()?;
    Some(PublicKeyBuf::new(bytes, Algorithm::from_u8(algorithm.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IANA's root-anchors.xml.
    const ROOT: &str = ". 172800 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

    fn error(text: &str) -> String {
        Anchors::parse(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn records_are_read_in_their_forms() {
        let key = "corp.example. IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= ; ours";
        let anchors = Anchors::parse(&format!("; a comment\n\n{ROOT}\n{key}\n")).unwrap();
        assert_eq!((anchors.keys.len(), anchors.digests.len()), (1, 1));
        let zones: Vec<String> = anchors.zones().iter().map(ToString::to_string).collect();
        assert_eq!(zones, [".", "corp.example."]);
        assert_eq!(anchors.zones_of_digests(), [Name::root()]);
        let (zone, key) = &anchors.keys[0];
        let trusted = anchors.trusted(&[]);
        assert!(trusted.contains_with_name(key, &LowerName::new(zone)));
        assert!(!trusted.contains(key), "of the root");
        assert_eq!(Anchors::default().zones(), [Name::root()]);
        assert!(!Anchors::default().trusted(&[]).is_empty());
    }

    #[test]
    fn each_near_miss_names_its_line() {
        for (line, reason) in [
            ("corp.example IN DS 1 8 2 00", "final dot"),
            (". IN A 10.0.0.1", "neither a DS nor a DNSKEY"),
            (". IN DS 20326 8 2 E06D", "no DS record"),
            (". IN DS 20326 8 1 E06D44B80B8F1D39A95C0B0D7C65D08458E88040", "no DS record"),
            (". IN DNSKEY 257 3 15", "no DNSKEY record"),
            (". IN DNSKEY 257 2 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", "no DNSKEY record"),
            (". IN DNSKEY 1 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", "no DNSKEY record"),
            (". IN DNSKEY 385 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", "no DNSKEY record"),
            (". IN DNSKEY 257 3 15 !!!!", "no DNSKEY record"),
        ] {
            let error = error(&format!("\n{line}"));
            assert!(error.starts_with("line 2: ") && error.contains(reason), "{line}: {error}");
        }
        assert_eq!(error("; nothing\n"), "it holds no DS and no DNSKEY record");
        assert!(!error("\x1b").contains('\x1b'));
    }
}
