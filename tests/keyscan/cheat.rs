//! A server that does a real key exchange (RFC 8731), as far as its host key and signature, which can be anything.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use aws_lc_rs::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use hostbased::wire::{Reader, Writer};
use sha2::{Digest, Sha256};

pub(crate) const IDENTIFICATION: &[u8] = b"SSH-2.0-cheat";

/// Answers every connection to a loopback port, each in a thread of its own, until the test process ends.
pub(crate) fn serve(script: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = Arc::new(script);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let script = Arc::clone(&script);
            thread::spawn(move || script(stream));
        }
    });
    port
}

pub(crate) type Sign = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// What the server shows at the end of the key exchange.
pub(crate) struct Proof {
    /// The one host key algorithm that it offers.
    pub(crate) algorithm: &'static str,
    pub(crate) key: Vec<u8>,
    /// Makes the signature blob over the exchange hash.
    pub(crate) sign: Sign,
}

/// A server that shows that.
pub(crate) fn prove(proof: Proof) -> u16 {
    serve(move |stream| {
        // A scanner that goes away early ends the script.
        let _ = exchange(stream, &proof);
    })
}

pub(crate) fn ed25519() -> (Ed25519KeyPair, Vec<u8>) {
    let pair = Ed25519KeyPair::generate().unwrap();
    let blob = Writer::new().string(b"ssh-ed25519").string(pair.public_key().as_ref()).into_bytes();
    (pair, blob)
}

pub(crate) fn ed25519_signature(pair: &Ed25519KeyPair, data: &[u8]) -> Vec<u8> {
    Writer::new().string(b"ssh-ed25519").string(pair.sign(data).as_ref()).into_bytes()
}

/// A key as a FIDO token holds it, and the signature of a token that was touched, or not (OpenSSH: PROTOCOL.u2f).
pub(crate) fn token(touched: bool) -> Proof {
    let pair = Ed25519KeyPair::generate().unwrap();
    let name = b"sk-ssh-ed25519@openssh.com";
    let key = Writer::new().string(name).string(pair.public_key().as_ref()).string(b"ssh:").into_bytes();
    let sign = Box::new(move |hash: &[u8]| {
        let (flags, counter) = (u8::from(touched), 7);
        let signed = Writer::new().raw(&Sha256::digest(b"ssh:")).byte(flags).uint32(counter).raw(&Sha256::digest(hash));
        let signature = pair.sign(&signed.into_bytes());
        Writer::new().string(name).string(signature.as_ref()).byte(flags).uint32(counter).into_bytes()
    });
    Proof { algorithm: "sk-ssh-ed25519@openssh.com", key, sign }
}

pub(crate) fn ecdsa() -> (EcdsaKeyPair, Vec<u8>) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let point = pair.public_key().as_ref().to_vec();
    (pair, Writer::new().string(b"ecdsa-sha2-nistp256").string(b"nistp256").string(&point).into_bytes())
}

pub(crate) fn ecdsa_signature(pair: &EcdsaKeyPair, data: &[u8]) -> Vec<u8> {
    let fixed = pair.sign(&SystemRandom::new(), data).unwrap();
    let (r, s) = fixed.as_ref().split_at(32);
    let numbers = Writer::new().string(&mpint(r)).string(&mpint(s)).into_bytes();
    Writer::new().string(b"ecdsa-sha2-nistp256").string(&numbers).into_bytes()
}

/// A number without needless leading zeros, and with one where it would seem negative.
fn mpint(number: &[u8]) -> Vec<u8> {
    let digits = &number[number.iter().position(|&byte| byte != 0).unwrap()..];
    if digits[0] & 0x80 == 0 { digits.to_vec() } else { [&[0], digits].concat() }
}

/// Sends a packet in clear (RFC 4253 section 6).
pub(crate) fn send(stream: &mut TcpStream, payload: &[u8]) -> std::io::Result<()> {
    let padding = 8 - (payload.len() + 5) % 8 + 8;
    let packet = [&[u8::try_from(padding).unwrap()], payload, &vec![0; padding]].concat();
    stream.write_all(&Writer::new().string(&packet).into_bytes())
}

/// Receives a packet in clear; its payload.
pub(crate) fn receive(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut packet = vec![0; u32::from_be_bytes(length).try_into().unwrap()];
    stream.read_exact(&mut packet)?;
    let end = packet.len() - usize::from(packet[0]);
    Ok(packet[1..end].to_vec())
}

/// Reads the scanner's identification, without its end.
pub(crate) fn receive_identification(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while byte != *b"\n" {
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(line.trim_ascii_end().to_vec())
}

/// Our proposal, with that host key algorithm.
pub(crate) fn kexinit(algorithm: &str) -> Vec<u8> {
    let lists = [
        "curve25519-sha256",
        algorithm,
        "aes128-ctr",
        "aes128-ctr",
        "hmac-sha2-256",
        "hmac-sha2-256",
        "none",
        "none",
        "",
        "",
    ];
    let start = Writer::new().byte(20).raw(&[0; 16]);
    let writer = lists.iter().fold(start, |writer, list| writer.string(list.as_bytes()));
    writer.byte(0).uint32(0).into_bytes()
}

/// Both sides' proposals: the scanner's identification, its proposal, ours.
pub(crate) fn greet(stream: &mut TcpStream, algorithm: &str) -> std::io::Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    stream.write_all(&[IDENTIFICATION, b"\r\n"].concat())?;
    let their_name = receive_identification(stream)?;
    let ours = kexinit(algorithm);
    send(stream, &ours)?;
    let theirs = receive(stream)?;
    Ok((their_name, theirs, ours))
}

pub(crate) fn exchange(mut stream: TcpStream, proof: &Proof) -> std::io::Result<()> {
    let (their_name, their_proposal, our_proposal) = greet(&mut stream, proof.algorithm)?;
    let message = receive(&mut stream)?;
    let their_point = Reader::new(&message[1..]).string("point", 32).unwrap().to_vec();
    let private = EphemeralPrivateKey::generate(&X25519, &SystemRandom::new()).unwrap();
    let our_point = private.compute_public_key().unwrap();
    let peer = UnparsedPublicKey::new(&X25519, &their_point);
    let secret = agree_ephemeral(private, peer, std::fmt::Error, |secret| Ok(mpint(secret))).unwrap();
    let hashed = Writer::new()
        .string(&their_name)
        .string(IDENTIFICATION)
        .string(&their_proposal)
        .string(&our_proposal)
        .string(&proof.key)
        .string(&their_point)
        .string(our_point.as_ref())
        .string(&secret)
        .into_bytes();
    let hash = Sha256::digest(&hashed);
    let signature = (proof.sign)(&hash);
    let reply = Writer::new().byte(31).string(&proof.key).string(our_point.as_ref()).string(&signature).into_bytes();
    send(&mut stream, &reply)?;
    send(&mut stream, &[21])?;
    // Until the scanner has gone: what it says now is encrypted.
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).map(|_| ())
}
