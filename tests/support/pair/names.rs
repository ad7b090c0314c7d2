//! A small name server, in a machine's network.

use std::net::{IpAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, PTR};
use hickory_proto::rr::{Name, RData, Record};

use super::Machine;

/// What is answered to a question about a name.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Its addresses.
    Address(&'static str),
    /// The name of that address.
    Name(&'static str),
    /// SERVFAIL.
    Failure,
    /// Nothing at all.
    Silence,
}

/// A running name server. It ends with this value.
pub(super) struct NameServer {
    ends: Arc<AtomicBool>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

impl Machine {
    /// Starts a name server on 127.0.0.1, which this machine asks where its `/etc/hosts` knows nothing; it runs as long as the
    /// machine. Names are host names, or addresses for the questions about those; one that stands several times has several
    /// answers, one that stands nowhere does not exist.
    pub fn serve_names(&self, records: &[(&'static str, Answer)]) {
        self.replace("/etc/nsswitch.conf", "hosts: files\n", "hosts: files dns\n");
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
        let records: Vec<(Name, Answer)> = records.iter().map(|(name, answer)| (asked(name), answer.clone())).collect();
        let ends = Arc::new(AtomicBool::new(false));
        *self.name_server.borrow_mut() = Some(NameServer { ends: Arc::clone(&ends) });
        self.in_network(move || {
            let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
            socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
            std::thread::spawn(move || {
                let mut buffer = [0; 4096];
                while !ends.load(Ordering::Relaxed) {
                    let Ok((length, peer)) = socket.recv_from(&mut buffer) else { continue };
                    let Ok(question) = Message::from_vec(&buffer[..length]) else { continue };
                    if let Some(reply) = answer(&question, &records) {
                        socket.send_to(&reply.to_vec().unwrap(), peer).unwrap();
                    }
                }
            });
        });
    }
}

/// The name that is asked for: of an address, that below `in-addr.arpa` or `ip6.arpa`.
fn asked(name: &str) -> Name {
    match name.parse::<IpAddr>() {
        Ok(address) => Name::from(address),
        Err(_) => Name::from_ascii(format!("{name}.")).unwrap(),
    }
}

fn answer(question: &Message, records: &[(Name, Answer)]) -> Option<Message> {
    let query = question.queries[0].clone();
    let mut reply = Message::response(question.id, question.op_code);
    reply.metadata.recursion_available = true;
    reply.add_query(query.clone());
    let mut known = false;
    for (name, answer) in records.iter().filter(|(name, _)| name == query.name()) {
        known = true;
        let data = match answer {
            Answer::Address(address) => match address.parse().unwrap() {
                IpAddr::V4(address) => RData::A(A(address)),
                IpAddr::V6(address) => RData::AAAA(AAAA(address)),
            },
            Answer::Name(target) => RData::PTR(PTR(Name::from_ascii(format!("{target}.")).unwrap())),
            Answer::Failure => {
                reply.metadata.response_code = ResponseCode::ServFail;
                continue;
            }
            Answer::Silence => return None,
        };
        if data.record_type() == query.query_type() {
            reply.add_answer(Record::from_rdata(name.clone(), 60, data));
        }
    }
    if !known {
        reply.metadata.response_code = ResponseCode::NXDomain;
    }
    Some(reply)
}
