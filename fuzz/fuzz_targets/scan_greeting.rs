//! What a scanned host says before anything is encrypted: its first lines, its proposal, its key exchange reply. The files
//! are included, for the room that they belong to cannot be built without russh.
//!
//! A short input that begins with `L` comes behind so much text that the limit of the greeting is near.
#![no_main]

use hostbased::key::{Algorithm, KeyError, PublicKey};
use hostbased::{escape, key, wire};
use hostbased_fuzz::wire::{bytes, string};
use libfuzzer_sys::fuzz_target;

use crate::scan::error::ScanError;

#[path = "../../src/scan"]
mod scan {
    mod greeting;
    mod packet;
    mod proposal;
    mod reply;

    /// Those reasons of the scanner's that come up here.
    pub(crate) mod error {
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum ScanError {
            NotSsh { said: Option<Box<str>> },
            ProtocolVersion,
            IdentificationNotUtf8,
            IdentificationTooLong,
        }
    }

    pub(crate) use greeting::{MAX_GREETING_BYTES, MAX_IDENTIFICATION_BYTES};
    pub(crate) use packet::MAX_HANDSHAKE_BYTES;

    use error::ScanError;

    use crate::key::{Algorithm, KeyError, PublicKey};

    /// The identification line, and how many bytes had come with it.
    pub(crate) fn greet(text: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ScanError> {
        let mut greeting = greeting::Greeting::default();
        for (&byte, count) in text.iter().zip(1..) {
            if let Some(line) = greeting.push(byte)? {
                return Ok(Some((line, count)));
            }
        }
        if let Some(said) = greeting.said() {
            assert!(said.len() <= 400 && said.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{said:?}");
        }
        Ok(None)
    }

    /// Which of these a proposal among the packets offers; `None` where there is no proposal.
    pub(crate) fn offered(packets: &[u8]) -> Option<Vec<Algorithm>> {
        let proposal = proposal::Proposal::find(packets)?;
        Some(Algorithm::all().filter(|algorithm| proposal.offers_any(&[*algorithm])).collect())
    }

    pub(crate) fn host_key(packets: &[u8]) -> Option<Result<PublicKey, KeyError>> {
        reply::host_key(packets)
    }
}

fuzz_target!(|input: &[u8]| {
    let filled;
    let text = match input {
        [b'L', rest @ ..] if rest.len() <= 128 => {
            filled = [&vec![b'.'; scan::MAX_GREETING_BYTES - 64], rest].concat();
            &filled[..]
        }
        text => text,
    };
    let greeted = scan::greet(text);
    match naive_greeting(text) {
        Ok(naive) => assert_eq!(greeted, Ok(naive)),
        Err(naive) => assert_eq!(std::mem::discriminant(&greeted.clone().unwrap_err()), std::mem::discriminant(&naive)),
    }
    let packets = match greeted {
        Ok(Some((_, count))) => &text[count..],
        _ => input,
    };
    let algorithms = naive_proposal(packets);
    let naive = algorithms.map(|list| {
        let offers =
            |algorithm: &Algorithm| list.split(|&byte| byte == b',').any(|name| name == algorithm.name().as_bytes());
        Algorithm::all().filter(offers).collect::<Vec<_>>()
    });
    assert_eq!(scan::offered(packets), naive);
    assert_eq!(scan::host_key(packets), naive_host_key(packets));
});

/// Lines up to the first that begins with `SSH-`.
fn naive_greeting(text: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ScanError> {
    let mut start = 0;
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        // A line says what it is with its fourth byte; up to there, and on other lines, the limit of the greeting counts.
        let other = if line.starts_with(b"SSH-") { 4 } else { line.len() };
        if start + other >= scan::MAX_GREETING_BYTES {
            return Err(ScanError::NotSsh { said: None });
        }
        start += line.len();
        if other == line.len() && !line.starts_with(b"SSH-") {
            continue;
        }
        if line.len() > scan::MAX_IDENTIFICATION_BYTES {
            return Err(ScanError::IdentificationTooLong);
        }
        if !line.ends_with(b"\n") {
            return Ok(None);
        }
        if !line.starts_with(b"SSH-2.0-") && !line.starts_with(b"SSH-1.99-") {
            return Err(ScanError::ProtocolVersion);
        }
        return match std::str::from_utf8(line) {
            Ok(_) => Ok(Some((line.to_vec(), start))),
            Err(_) => Err(ScanError::IdentificationNotUtf8),
        };
    }
    Ok(None)
}

/// The payloads of whole packets.
fn payloads(mut packets: &[u8]) -> Vec<&[u8]> {
    let next = || {
        let packet = string(&mut packets).filter(|packet| packet.len() <= scan::MAX_HANDSHAKE_BYTES)?;
        let (padding, rest) = packet.split_first()?;
        Some(&rest[..rest.len().saturating_sub(usize::from(*padding))])
    };
    std::iter::from_fn(next).collect()
}

/// RFC 4253 section 7.1, behind messages that may come at any time.
fn naive_proposal(packets: &[u8]) -> Option<&[u8]> {
    let payloads = payloads(packets);
    let first = payloads.iter().find(|payload| !matches!(payload, [2..=4, ..]))?;
    let [20, fields @ ..] = first else { return None };
    let rest = &mut &fields[..];
    bytes(rest, 16)?;
    let lists: Vec<&[u8]> = (0..10).map_while(|_| string(rest)).collect();
    (lists.len() == 10 && rest.len() == 5).then(|| lists[1])
}

/// The last reply behind the proposal and before the keys change.
fn naive_host_key(packets: &[u8]) -> Option<Result<PublicKey, KeyError>> {
    let payloads = payloads(packets);
    let clear: Vec<&[u8]> = payloads.into_iter().take_while(|payload| payload.first() != Some(&21)).collect();
    let proposal = clear.iter().position(|payload| payload.first() == Some(&20))?;
    let reply = clear[proposal..].iter().rfind(|payload| matches!(payload.first(), Some(31 | 33)))?;
    let cut = PublicKey::from_blob(&[]).unwrap_err();
    let blob = string(&mut &reply[1..]).filter(|blob| blob.len() <= wire::MAX_KEY_BYTES);
    match blob {
        Some(blob) => Some(PublicKey::from_blob(blob)),
        // The reason is the reader's own.
        None => scan::host_key(packets).filter(Result::is_err).or(Some(Err(cut))),
    }
}
