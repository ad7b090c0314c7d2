//! A name server in this process: hickory-server behind a small forwarder, which answers for a recursive resolver and has
//! its faults.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{RData, Record, RecordType};
use hickory_server::Server;
use hickory_server::zone_handler::Catalog;

use crate::zones::{World, name};

/// What a forwarder does with names below a zone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    ServFail,
    Refused,
    /// Names other servers, and answers nothing.
    Lame,
    Silent,
    /// What a forwarder does that checks signatures: SERVFAIL, unless it is told to leave that (the CD bit).
    FailUnlessUnchecked,
}

/// How the forwarder treats every question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Passes everything on.
    Whole,
    /// Knows no DNSSEC: gives no signatures, and claims that its answers are checked (the AD bit).
    Stripping,
    /// Knows no EDNS either: refuses it.
    Old,
}

/// A running name server; it ends with the process.
pub(crate) struct NameServer {
    pub(crate) address: SocketAddr,
    pub(crate) asked: Arc<AtomicUsize>,
    /// What was asked for, by name and type.
    pub(crate) questions: Arc<Mutex<Vec<(String, RecordType)>>>,
}

impl NameServer {
    pub(crate) fn start(world: &World, kind: Kind, faults: &[(&'static str, Fault)]) -> Self {
        let mut backends = HashMap::new();
        backends.insert(None, serve(world.catalog(None)));
        for zone in world.names() {
            backends.insert(Some(name(zone)), serve(world.catalog(Some(zone))));
        }
        let (socket, listener) = port_of_both();
        let (asked, questions) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let server = Self { address: socket.local_addr().unwrap(), asked, questions };
        let (asked, questions) = (Arc::clone(&server.asked), Arc::clone(&server.questions));
        let faults = faults.to_vec();
        let all = backends[&None];
        thread::spawn(move || listener.incoming().for_each(|stream| answer_stream(stream.unwrap(), all)));
        thread::spawn(move || {
            let backends = Arc::new(backends);
            let mut buffer = [0; 4096];
            while let Ok((length, peer)) = socket.recv_from(&mut buffer) {
                asked.fetch_add(1, Ordering::Relaxed);
                let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
                let query = question.queries[0].clone();
                questions.lock().unwrap().push((query.name().to_ascii(), query.query_type()));
                let (socket, backends, faults) = (socket.try_clone().unwrap(), Arc::clone(&backends), faults.clone());
                thread::spawn(move || {
                    let zone = (query.query_type() == RecordType::DS).then(|| query.name().clone());
                    let backend = backends.get(&zone).unwrap_or(&backends[&None]);
                    if let Some(answer) = answer(question, kind, &faults, *backend) {
                        socket.send_to(&answer, peer).unwrap();
                    }
                });
            }
        });
        server
    }
}

/// A port that is free for UDP and for TCP.
fn port_of_both() -> (UdpSocket, TcpListener) {
    loop {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        if let Ok(listener) = TcpListener::bind(socket.local_addr().unwrap()) {
            return (socket, listener);
        }
    }
}

/// Whole answers, however long, for those that were cut.
fn answer_stream(mut stream: TcpStream, backend: SocketAddr) {
    let mut length = [0; 2];
    while stream.read_exact(&mut length).is_ok() {
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut question).unwrap();
        let mut question = Message::from_vec(&question).unwrap();
        let mut edns = Edns::new();
        edns.set_max_payload(16384);
        question.edns = Some(edns);
        let mut reply = ask(&question, backend);
        reply.edns = None;
        let reply = reply.to_vec().unwrap();
        stream.write_all(&u16::try_from(reply.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(&reply).unwrap();
    }
}

fn ask(question: &Message, backend: SocketAddr) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket.send_to(&question.to_vec().unwrap(), backend).unwrap();
    let mut buffer = [0; 16384];
    let length = socket.recv(&mut buffer).unwrap();
    Message::from_vec(&buffer[..length]).unwrap()
}

/// An address where nobody answers.
pub(crate) fn silent_server() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

fn answer(mut question: Message, kind: Kind, faults: &[(&str, Fault)], backend: SocketAddr) -> Option<Vec<u8>> {
    let query = question.queries[0].clone();
    let mut reply = Message::response(question.id, question.op_code);
    reply.metadata.recursion_available = true;
    reply.add_query(query.clone());
    let fault = faults.iter().find(|(zone, _)| name(zone).zone_of(query.name())).map(|(_, fault)| *fault);
    match fault {
        Some(Fault::Silent) => return None,
        Some(Fault::ServFail) => reply.metadata.response_code = ResponseCode::ServFail,
        Some(Fault::Refused) => reply.metadata.response_code = ResponseCode::Refused,
        Some(Fault::Lame) => {
            let data = RData::NS(NS(name("elsewhere.test.")));
            reply.add_authority(Record::from_rdata(name("test."), 60, data));
        }
        Some(Fault::FailUnlessUnchecked) if !question.checking_disabled => {
            reply.metadata.response_code = ResponseCode::ServFail;
        }
        _ if kind == Kind::Old && question.edns.is_some() => reply.metadata.response_code = ResponseCode::FormErr,
        _ => {
            if kind != Kind::Whole {
                question.edns = None;
            }
            let mut reply = ask(&question, backend);
            reply.metadata.recursion_available = true;
            if kind == Kind::Stripping {
                reply.metadata.authentic_data = true;
            }
            return Some(reply.to_vec().unwrap());
        }
    }
    Some(reply.to_vec().unwrap())
}

/// Serves zones with authority, on a thread of their own.
fn serve(catalog: Catalog) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let address = socket.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut server = Server::new(catalog);
            server.register_socket(tokio::net::UdpSocket::from_std(socket).unwrap());
            server.block_until_done().await.unwrap();
        });
    });
    address
}
