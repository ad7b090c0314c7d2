//! The answers of the system's resolver, which are those that sshd gets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hostbased_sys::{ResolveError, Resolved};

use super::answer::{Answer, Answers, Failed, Forward, Reverse};
use super::gather::Source;
use super::pool::{Asked, ask_all};
use crate::name::HostName;

/// The system's resolver (nsswitch.conf(5)), asked as sshd asks it, and what it said.
#[derive(Debug, Default)]
pub struct SystemView {
    answers: Answers,
}

/// A question of one family: to ask for both at once is another question.
type Question = (HostName, IpAddr);

impl Source for SystemView {
    fn answers(&self) -> &Answers {
        &self.answers
    }

    fn forward(&mut self, names: Vec<HostName>, tick: &mut dyn FnMut()) {
        let families = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
        let questions: Vec<Question> =
            names.iter().flat_map(|name| families.map(|family| (name.clone(), family))).collect();
        let ask = |(name, family): &Question| hostbased_sys::resolve(name.as_str(), *family);
        let mut asked = ask_all(questions, ask, tick).into_iter();
        for name in names {
            let mut canonical = None;
            let mut next = || {
                let (answer, behind) = forward_answer(asked.next().unwrap_or(Asked::Not));
                canonical = canonical.take().or(behind);
                answer
            };
            let (v4, v6) = (next(), next());
            self.answers.forward.insert(name, Forward { v4, v6, canonical, dnssec: None });
        }
    }

    fn reverse(&mut self, addresses: Vec<IpAddr>, tick: &mut dyn FnMut()) {
        let ask = |address: &IpAddr| hostbased_sys::reverse(&SocketAddr::new(*address, 0));
        let asked = ask_all(addresses.clone(), ask, tick);
        for (address, asked) in addresses.into_iter().zip(asked) {
            let names = answer(asked, |name| vec![name]);
            self.answers.reverse.insert(address, Reverse { names, dnssec: None });
        }
    }

    /// The system's resolver knows of no such thing.
    fn fingerprints(&mut self, _: Vec<HostName>, _: &mut dyn FnMut()) {}
}

fn forward_answer(asked: Asked<Result<Resolved, ResolveError>>) -> (Answer<Vec<IpAddr>>, Option<Vec<u8>>) {
    let mut canonical = None;
    let answer = answer(asked, |resolved| {
        canonical = resolved.canonical;
        resolved.addresses
    });
    (answer, canonical)
}

fn answer<A, T>(asked: Asked<Result<A, ResolveError>>, found: impl FnOnce(A) -> T) -> Answer<T> {
    match asked {
        Asked::Answered(Ok(answer)) => Answer::Found(found(answer)),
        Asked::Answered(Err(ResolveError::NoSuchName)) => Answer::NoSuchName,
        Asked::Answered(Err(ResolveError::NoAddress)) => Answer::NoData,
        Asked::Answered(Err(ResolveError::Again)) => Answer::Failed(Failed::Again),
        Asked::Answered(Err(ResolveError::Fail)) => Answer::Failed(Failed::ServFail),
        Asked::Answered(Err(ResolveError::Other(_))) => Answer::Failed(Failed::Malformed),
        Asked::TimedOut => Answer::Failed(Failed::TimedOut),
        Asked::Not => Answer::Failed(Failed::NotAsked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_types, reason = "another program asks the same resolver")]
    fn the_system_s_answers_are_those_of_getent() {
        let mut view = SystemView::default();
        let (here, nobody) = (HostName::new("localhost").unwrap(), HostName::new("nobody.invalid").unwrap());
        view.forward(vec![here.clone(), nobody.clone()], &mut || ());
        let output = std::process::Command::new("getent").args(["ahostsv4", "localhost"]).output().unwrap();
        let getent = String::from_utf8(output.stdout).unwrap();
        let first: IpAddr = getent.split_whitespace().next().unwrap().parse().unwrap();
        assert!(view.answers().forward[&here].addresses().any(|address| address == first));
        assert_eq!(view.answers().forward[&nobody].addresses().count(), 0);
        let address: IpAddr = "192.0.2.222".parse().unwrap();
        view.reverse(vec![address], &mut || ());
        assert_eq!(view.answers().reverse[&address].names.found(), None);
    }
}
