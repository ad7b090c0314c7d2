//! Lines that begin with `@revoked`, however they go on.
//!
//! OpenSSH skips a line that is not written exactly so as it expects, and with it the revocation (a tab behind the marker
//! is enough: hostfile.c `check_markers`). A revoked key that is accepted is worse than a good key that is refused, so
//! here such a line revokes whatever key can be found on it, for whatever hosts may be meant.

use super::entry::{Entry, Hosts, Marker};
use super::hashed::HashedName;
use super::line::{LineContent, LineProblem};
use crate::key::{BaseType, KeyType, PublicKey, decode_base64};
use crate::pattern::{self, Case};
use crate::wire::{MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, Reader, Writer};

/// What Windows editors put first into a file.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whether a line is meant as a revocation: one of the markers it begins with is `@revoked`, in any case and whatever
/// hangs on to it.
pub(super) fn is_meant(text: &[u8]) -> bool {
    let word = Marker::Revoked.as_str().as_bytes();
    let says_revoked = |marker: &[u8]| marker.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    words(text).take_while(|word| word.starts_with(b"@")).any(says_revoked)
}

/// Reads such a line where the strict reading (whose `problem` it is) found no entry: the key is the first word that
/// decodes as one, and the words before it that are no key types are its hosts.
///
/// Takes no more memory than the line has bytes, however many words these are.
pub(super) fn read(text: &[u8], problem: LineProblem) -> LineContent {
    let words = words(text).skip_while(|word| word.starts_with(b"@"));
    let mut keys = words.clone().zip(0..).filter_map(|(word, at)| Some((at, find_key(&decode_base64(word)?)?)));
    let Some((at, key)) = keys.next() else { return LineContent::Bad(LineProblem::RevokedWithoutKey) };
    let hosts = words.clone().take(at).filter(|word| KeyType::from_name(word).is_none());
    LineContent::Entry(Box::new(Entry {
        marker: Some(Marker::Revoked),
        hosts: Hosts::Unclear(joined(hosts)),
        hosts_at: 0,
        key,
        comment: joined(words.skip(at).skip(1)),
        irregular: Some(problem),
    }))
}

/// Words with blanks between them.
fn joined<'a>(words: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<u8> {
    let length = words.clone().fold(0_usize, |sum, word| sum.saturating_add(word.len()).saturating_add(1));
    let mut joined = Vec::with_capacity(length);
    for word in words {
        if !joined.is_empty() {
            joined.push(b' ');
        }
        joined.extend_from_slice(word);
    }
    joined
}

/// The key of a blob, or the plain key that begins it. OpenSSH reads blobs that are no keys here (RSA numbers with
/// leading zeros, the name of a signature algorithm as the key's type, certificates whose texts are not UTF-8), and
/// revokes the key in them.
fn find_key(blob: &[u8]) -> Option<PublicKey> {
    PublicKey::from_blob(blob).ok().or_else(|| {
        let mut reader = Reader::new(blob);
        let key_type = KeyType::from_name(reader.name("key type", MAX_ALGORITHM_BYTES).ok()?)?;
        let mut field = || reader.string("field", MAX_KEY_BYTES).ok();
        if key_type.certificate {
            field()?; // its nonce
        }
        let fields = match key_type.base {
            BaseType::Ed25519 | BaseType::Mldsa44Ed25519 => 1,
            BaseType::SkEd25519 | BaseType::Rsa => 2,
            BaseType::EcdsaP256 | BaseType::EcdsaP384 | BaseType::EcdsaP521 => 2,
            BaseType::SkEcdsaP256 => 3,
        };
        let mut plain = Writer::new().string(KeyType::plain(key_type.base).name().as_bytes());
        for _ in 0..fields {
            let value = field()?;
            plain = if key_type.base == BaseType::Rsa { plain.string(&shortest(value)) } else { plain.string(value) };
        }
        PublicKey::from_blob(&plain.into_bytes()).ok()
    })
}

/// A positive number as an `mpint` (RFC 4251 section 5) without needless zeros.
fn shortest(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|first| first & 0x80 != 0) { &[0] } else { &[] };
    [sign, digits].concat()
}

/// The words of a line, white space and NUL between them.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    text.split(|byte| matches!(byte, 0 | b' ' | b'\t'..=b'\r')).filter(|word| !word.is_empty())
}

/// Whether one of several words may mean this host. No word at all means every host, as `*` does.
pub(super) fn matches_words(words: &[u8], name: &[u8]) -> bool {
    words.is_empty() || words.split(|&byte| byte == b' ').any(|word| matches_list(word, name))
}

/// As OpenSSH matches a list, but no length spoils it, and it may hold hashed names: one that cannot be read may be any
/// host's.
pub(super) fn matches_list(list: &[u8], name: &[u8]) -> bool {
    let hit = |pattern: &[u8]| pattern::matches_case(name, pattern, Case::Fold);
    let mut result = false;
    for element in list.split(|&byte| byte == b',').filter(|element| !element.is_empty()) {
        match element {
            [b'!', negated @ ..] if hit(negated) => return false,
            [b'!', ..] => {}
            [b'|', ..] => result |= HashedName::parse(element).map_or(true, |hashed| matches_hashed(&hashed, name)),
            pattern => result |= hit(pattern),
        }
    }
    result
}

/// A client that chooses the case of its name (`HostbasedUsesNameFromPacketOnly`) must not slip past a hash.
pub(super) fn matches_hashed(hashed: &HashedName, name: &[u8]) -> bool {
    hashed.matches(name) || hashed.matches(&name.to_ascii_lowercase())
}
