//! What a local user sends to the set-uid helper: a frame, in it a request, in it the data to be signed.
//!
//! A naive reader of the same bytes says for every input whether it must be taken. The caller is `alice` on a connection on
//! which this machine is `node1.test`. An input that begins with `D`, as no frame does, is the data alone.
#![no_main]

use hostbased::key::{Algorithm, AlgorithmList, PublicKey};
use hostbased::sign::{Caller, CheckedRequest};
use hostbased::wire::{FRAME_HEADER_BYTES, HelperReply, HelperRequest, MAX_FRAME_BYTES, frame_length};
use hostbased_fuzz::wire::{bytes, request_fields, string};
use libfuzzer_sys::fuzz_target;

const CALLER: Caller<'_> = Caller { local_name: b"node1.test", user: b"alice" };

fuzz_target!(|input: &[u8]| {
    if let [b'D', data @ ..] = input {
        return check(data);
    }
    let Some((header, behind)) = input.split_first_chunk::<FRAME_HEADER_BYTES>() else { return };
    let claimed = usize::try_from(u32::from_be_bytes(*header)).unwrap();
    let length = frame_length(*header);
    assert_eq!(length.ok(), Some(claimed).filter(|length| (1..=MAX_FRAME_BYTES).contains(length)));
    // A body that the header does not fit is looked at too.
    let body = behind.get(..claimed).unwrap_or(behind);

    let parsed = HelperRequest::parse(body);
    assert_eq!(parsed.ok().map(|request| (request.fd, request.data)), naive_request(body));
    if let Ok(reply) = HelperReply::parse(body) {
        assert_eq!(&reply.encode()[FRAME_HEADER_BYTES..], body);
    }
    let Ok(request) = parsed else { return };
    let frame = request.encode();
    assert_eq!(&frame[FRAME_HEADER_BYTES..], body);
    assert_eq!(frame_length(*frame.first_chunk().unwrap()), Ok(body.len()));
    check(request.data);
});

fn check(data: &[u8]) {
    let checked = CheckedRequest::check(data, &CALLER);
    assert_eq!(checked.is_ok(), may_be_signed(data), "{checked:?}");
    if let Ok(checked) = checked {
        assert_eq!(checked.data(), data, "what is signed is what came");
    }
}

/// Version 2, the descriptor's number, the data, and nothing behind.
fn naive_request(mut body: &[u8]) -> Option<(u32, &[u8])> {
    let version = bytes(&mut body, 1)?;
    let fd = u32::from_be_bytes(bytes(&mut body, 4)?.try_into().unwrap());
    let data = string(&mut body)?;
    (version == [2] && body.is_empty() && data.len() <= MAX_FRAME_BYTES).then_some((fd, data))
}

/// Everything that must hold of what the helper signs.
fn may_be_signed(mut data: &[u8]) -> bool {
    let rest = &mut data;
    let Some(session_id) = string(rest) else { return false };
    let Some(fields) = request_fields(rest) else { return false };
    let Ok(key) = PublicKey::from_blob(fields.key) else { return false };
    let Some(algorithm) = Algorithm::from_name(fields.algorithm) else { return false };
    rest.is_empty()
        && [20, 32, 48, 64].contains(&session_id.len())
        && !fields.algorithm.starts_with(b"ssh-rsa")
        && AlgorithmList::hostbased_default().contains(algorithm)
        && key.key_type() == algorithm.key_type()
        && fields.host.eq_ignore_ascii_case(b"node1.test.")
        && fields.client_user == b"alice"
}
