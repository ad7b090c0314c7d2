//! Decides over one hostbased request with no SSH library at all: bytes in, decision out.
//!
//! For authors of servers that are not built on russh. Such a server brings four things of the connection: the payload of
//! message 50, the session identifier, the peer's address, and the time. Of its own it brings the account, the policy and
//! what both files say. Everything here is the feature `verify` alone: no files, sockets, clock or runtime.
//!
//! The request is one that OpenSSH 10.5 made (ssh and ssh-keysign); beside it stand attempts that differ in one thing.
#![allow(clippy::print_stdout, reason = "an example talks")]

use std::error::Error;
use std::net::{IpAddr, Ipv4Addr};

use hostbased::key::decode_base64;
use hostbased::name::UserName;
use hostbased::shosts::NoNetgroups;
use hostbased::verify::{
    Account, AccountEntry, Content, EquivSource, Files, Inputs, KnownHostsSource, Note, Peer, Policy, Shell, verify,
};
use hostbased::wire::Request;
use hostbased::{known_hosts, shosts};

/// The exchange hash of the connection's first key exchange.
const SESSION_ID: &str = "t+yxQm/qgH8c6DnLEW/P44w3mHFOUCgExMOVYJPCylY=";

/// SSH_MSG_USERAUTH_REQUEST, from its number 50 on: labuser of the host "localhost." asks for the account alice.
const PAYLOAD: &str = "MgAAAAVhbGljZQAAAA5zc2gtY29ubmVjdGlvbgAAAAlob3N0YmFzZWQAAAALc3NoLWVkMjU1MTkAAAAzAAAAC3NzaC1l\
    ZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBDAAAACmxvY2FsaG9zdC4AAAAHbGFidXNlcgAAAFMAAAALc3NoLWVkMjU1MTkA\
    AABARMSALRvpoSxu1NPTgnGulIHsIdJkQqNGB2LFv5bzMjj+cZ1vFOohQvjBNMaNzyymem+w5OE+O4TWR87hEbz4BA==";

/// /etc/ssh/ssh_known_hosts: the key is this host's. With UseDNS no, sshd's default, a host is known by its address.
const KNOWN_HOSTS: &[u8] =
    b"192.0.2.7 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD\n";

/// /etc/ssh/shosts.equiv: its users come in as themselves; and labuser, beside that, as anybody but root.
const EQUIV: &[u8] = b"192.0.2.7\n192.0.2.7 labuser\n";

const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
const ANOTHER_CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 8));

fn main() -> Result<(), Box<dyn Error>> {
    for (what, [session_id, payload], peer) in attempts()? {
        println!("{what}:");
        println!("  {}\n", decide(&session_id, &payload, peer)?);
    }
    Ok(())
}

/// What is told of an attempt, session identifier and payload, and the address that it came from.
type Attempt = (&'static str, [Vec<u8>; 2], IpAddr);

fn attempts() -> Result<[Attempt; 6], Box<dyn Error>> {
    let session = decode_base64(SESSION_ID.as_bytes()).ok_or("no base64")?;
    let payload = decode_base64(PAYLOAD.as_bytes()).ok_or("no base64")?;
    let last = payload.len().checked_sub(1).ok_or("no payload")?;
    let user = payload.windows(7).position(|window| window == b"labuser").ok_or("no such name")?;
    let with = |payload: Vec<u8>| [session.clone(), payload];
    Ok([
        ("The request, as it came from 192.0.2.7", with(payload.clone()), CLIENT),
        ("Played again by somebody else, on another connection", [vec![7; 32], payload.clone()], CLIENT),
        ("From a host that is not registered", with(payload.clone()), ANOTHER_CLIENT),
        ("With one bit of the signature changed", with(changed(&payload, last)), CLIENT),
        ("With one bit of the client user's name changed", with(changed(&payload, user)), CLIENT),
        ("With a byte behind it", with([&payload[..], b"x"].concat()), CLIENT),
    ])
}

fn changed(payload: &[u8], at: usize) -> Vec<u8> {
    payload.iter().enumerate().map(|(index, byte)| if index == at { byte ^ 1 } else { *byte }).collect()
}

/// What a server does with a request. The client learns nothing but yes or no: the text is for the server's log.
fn decide(session_id: &[u8], payload: &[u8], peer: IpAddr) -> Result<String, Box<dyn Error>> {
    let request = match Request::parse(payload) {
        Ok(request) => request,
        Err(error) => return Ok(format!("refused before anything is decided: {error}")),
    };
    // Read once at the start of a server, and again when they change; the feature `store` does both.
    let (known_hosts, equiv) = (known_hosts::Document::parse(KNOWN_HOSTS), shosts::Document::parse(EQUIV));
    let equiv = [EquivSource { file: "shosts.equiv", content: Content::Read(&equiv) }];
    let known_hosts = KnownHostsSource { file: "ssh_known_hosts", content: Content::Read(&known_hosts) };
    let files = Files::new(&equiv, known_hosts, &NoNetgroups);

    // sshd's own defaults, under sshd's own names; the method is off until somebody turns it on.
    let mut policy = Policy::default();
    policy.set("HostbasedAuthentication", "yes")?;

    // What the server's user database says of the account; `entry: None` when there is none of that name.
    let name = UserName::new(request.user)?;
    let entry = AccountEntry { uid: 1000, home: "/home/alice", shell: Shell::Usable, locked: false, groups: &[] };
    let account = Account { name: &name, entry: (request.user == b"alice").then_some(entry) };
    let now = 1_790_000_000; // seconds since 1970: certificates begin and end

    let decision = verify(&Inputs::new(session_id, request, Peer::new(peer), account, &policy, files, now));
    let mut told = match decision.outcome() {
        Ok(user) => format!("accepted: {user}"),
        Err(refusal) => format!("refused ({}): {refusal}", refusal.code()),
    };
    let explanation = decision.explanation();
    for trace in explanation.traces().iter().filter(|trace| trace.note != Note::NotReached) {
        let (result, step) = (trace.result.as_str(), trace.step.name());
        told += format!("\n    {result:8} {step:16} {}", explanation.detail(trace)).trim_end();
    }
    if let Some(hint) = explanation.hint() {
        told += &format!("\n    to let it in, if it should be: {hint}");
    }
    Ok(told)
}

#[test]
fn each_attempt_is_decided_for_its_own_reason() {
    let told = attempts().unwrap().map(|(_, [session_id, payload], peer)| decide(&session_id, &payload, peer).unwrap());
    let starts = [
        "accepted: alice let in as user \"labuser\" of \"192.0.2.7\", ",
        "refused (signature-invalid): ",
        "refused (equiv-no-match): ",
        "refused (signature-invalid): ",
        "refused (equiv-no-match): ",
        "refused before anything is decided: signature: ",
    ];
    for (told, start) in told.iter().zip(starts) {
        assert!(told.starts_with(start), "{told}");
    }
}
