//! A machine with logs of the test's own, and what is read from them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hostbased::key::PublicKey;
use hostbased::wire::Request;

use crate::connection;
use crate::lab::{Call, Lab, SET_UID};

/// A lab with a `/dev` of its own, where a syslogd may listen, beside its own `/run`, where a journald may.
pub(crate) struct Machine {
    pub(crate) lab: Lab,
    pub(crate) call: Call,
}

/// Devices that programs need, put in from the real machine.
pub(crate) const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

impl Machine {
    pub(crate) fn new(lab: Lab) -> Self {
        let dev = lab.run("../dev");
        for folder in [&dev, &lab.run("systemd"), &lab.run("systemd/journal")] {
            fs::create_dir(folder).unwrap();
            fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        }
        for device in DEVICES {
            fs::write(dev.join(device), "").unwrap();
        }
        let (devices, dev) = (DEVICES.join(" "), dev.display());
        let before = format!("for d in {devices}; do mount --bind /dev/$d {dev}/$d; done && mount --rbind {dev} /dev");
        Self { lab, call: Call { before: before.leak(), ..SET_UID } }
    }

    pub(crate) fn dev_log(&self) -> PathBuf {
        self.lab.run("../dev/log")
    }

    /// A receiver for everybody.
    pub(crate) fn receiver(path: &Path) -> UnixDatagram {
        let receiver = UnixDatagram::bind(path).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
        receiver.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        receiver
    }

    pub(crate) fn syslogd(&self) -> UnixDatagram {
        Self::receiver(&self.dev_log())
    }

    pub(crate) fn journald(&self) -> UnixDatagram {
        Self::receiver(&self.lab.run("systemd/journal/socket"))
    }

    pub(crate) fn signs(&self, data: &[u8]) -> bool {
        self.lab.ask(&self.call, &connection(), data).is_ok()
    }

    /// How many lines nobody took; none when nothing counts.
    pub(crate) fn counted(&self) -> Option<u32> {
        let bytes = fs::read(self.lab.run("keysign.unlogged")).ok()?;
        Some(u32::from_ne_bytes(bytes.try_into().unwrap()))
    }
}

pub(crate) fn received(receiver: &UnixDatagram) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 65_536];
    let length = receiver.recv(&mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// The one line that came, without priority, date, tag and process id, which must be right.
pub(crate) fn one_line(receiver: &UnixDatagram, priority: u8) -> String {
    let text = String::from_utf8(received(receiver).unwrap()).unwrap();
    assert_eq!(received(receiver), None, "one line and no more");
    without_header(&text, priority)
}

pub(crate) fn without_header(text: &str, priority: u8) -> String {
    let (header, line) = text.split_once("]: ").unwrap();
    let header = header.strip_prefix(&format!("<{priority}>")).unwrap();
    let (date, tag) = header.split_at(16);
    let (month, rest) = date.split_at(3);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    assert!(months.contains(&month), "{date}");
    let shape: String = rest.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    assert!([" 99 99:99:99 ", "  9 99:99:99 "].contains(&shape.as_str()), "{date}");
    assert!(tag.strip_prefix("keysign[").unwrap().parse::<u32>().is_ok(), "{tag}");
    line.to_owned()
}

/// The value of a field of a line. Understands the line as its reader must: words between blanks, a quoted part whole.
pub(crate) fn field<'l>(line: &'l str, name: &str) -> &'l str {
    let mut rest = line.split_once(' ').unwrap().1;
    loop {
        let (found, behind) = rest.split_once('=').unwrap();
        let close = behind.strip_prefix('"').map_or(0, |quoted| quoted.find('"').unwrap() + 2);
        let end = behind[close..].find(' ').map_or(behind.len(), |blank| close + blank);
        if found == name {
            return &behind[..end];
        }
        rest = &behind[end + 1..];
    }
}

/// How this process is called as a parent.
pub(crate) fn this_process() -> String {
    let name = fs::read_to_string("/proc/self/comm").unwrap();
    format!("{}[{}]", name.trim_end(), std::process::id())
}

pub(crate) fn request_for(key: &PublicKey, server_user: &[u8], algorithm: &[u8]) -> Vec<u8> {
    let request = Request {
        user: server_user,
        algorithm,
        public_key: key.blob(),
        client_host: b"localhost.",
        client_user: b"nobody",
        signature: b"",
    };
    request.signed_data(&[7; 32])
}

/// What journald takes (systemd's "Native Journal Protocol"), strictly: lines of `NAME=value` alone, no name twice.
pub(crate) fn journal_fields(message: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8(message.to_vec()).unwrap();
    assert!(text.ends_with('\n'));
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.strip_suffix('\n').unwrap().split('\n') {
        let (name, value) = line.split_once('=').unwrap();
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(name.bytes().all(is_name) && name.starts_with(|first: char| first.is_ascii_uppercase()), "{line}");
        assert!(name.len() <= 64 && !fields.iter().any(|(other, _)| other == name), "{line}");
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}
