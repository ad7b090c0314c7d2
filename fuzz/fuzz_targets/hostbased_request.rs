//! What a server reads from a client that is nobody yet: message 50, and the data that its signature covers.
#![no_main]

use hostbased::wire::{Request, SignedData};
use hostbased_fuzz::wire::{request_fields, string, to_string};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let request = Request::parse(input);
    let rest = &mut &input[..];
    let naive = request_fields(rest).and_then(|fields| Some((fields, string(rest)?)));
    let naive = naive.filter(|(_, signature)| rest.is_empty() && signature.len() <= 8 * 1024);
    assert_eq!(request.is_ok(), naive.is_some(), "{request:?}");
    if let (Ok(request), Some((fields, signature))) = (request, naive) {
        assert_eq!(request.encode(), input);
        let theirs = (fields.user, fields.algorithm, fields.key, fields.host, fields.client_user, signature);
        let ours = (request.user, request.algorithm, request.public_key, request.client_host, request.client_user);
        assert_eq!((ours.0, ours.1, ours.2, ours.3, ours.4, request.signature), theirs);

        // What is signed is the session identifier and these very bytes, but for the signature.
        let unsigned = &input[..input.len() - signature.len() - 4];
        let signed = request.signed_data(&[7; 32]);
        assert_eq!(signed, [&to_string(&[7; 32]), unsigned].concat());
        let data = SignedData::parse(&signed).unwrap();
        assert_eq!((data.session_id, Request::from(&data)), (&[7; 32][..], Request { signature: b"", ..request }));
    }

    let data = SignedData::parse(input);
    let rest = &mut &input[..];
    let naive = string(rest).filter(|id| id.len() <= 64).and_then(|_| request_fields(rest)).filter(|_| rest.is_empty());
    assert_eq!(data.is_ok(), naive.is_some(), "{data:?}");
    if let Ok(data) = data {
        assert_eq!(Request::from(&data).signed_data(data.session_id), input);
    }
});
