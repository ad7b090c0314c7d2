//! The audit line, at receivers of each kind: what stands in it, that no name forges another, and that nobody who listens
//! badly keeps a signature from being made.

use std::fs::{self, Permissions};
use std::io::Read as _;
use std::net::UdpSocket;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hostbased::key::PublicKey;
use hostbased::wire::Request;

use crate::connection;
use crate::lab::{Call, Lab, SET_UID, request};

/// A lab with a `/dev` of its own, where a syslogd may listen, beside its own `/run`, where a journald may.
struct Machine {
    lab: Lab,
    call: Call,
}

/// Devices that programs need, put in from the real machine.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

impl Machine {
    fn new(lab: Lab) -> Self {
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

    fn dev_log(&self) -> PathBuf {
        self.lab.run("../dev/log")
    }

    /// A receiver for everybody.
    fn receiver(path: &Path) -> UnixDatagram {
        let receiver = UnixDatagram::bind(path).unwrap();
        fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
        receiver.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        receiver
    }

    fn syslogd(&self) -> UnixDatagram {
        Self::receiver(&self.dev_log())
    }

    fn journald(&self) -> UnixDatagram {
        Self::receiver(&self.lab.run("systemd/journal/socket"))
    }

    fn signs(&self, data: &[u8]) -> bool {
        self.lab.ask(&self.call, &connection(), data).is_ok()
    }

    /// How many lines nobody took; none when nothing counts.
    fn counted(&self) -> Option<u32> {
        let bytes = fs::read(self.lab.run("keysign.unlogged")).ok()?;
        Some(u32::from_ne_bytes(bytes.try_into().unwrap()))
    }
}

fn received(receiver: &UnixDatagram) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 65_536];
    let length = receiver.recv(&mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

/// The one line that came, without priority, date, tag and process id, which must be right.
fn one_line(receiver: &UnixDatagram, priority: u8) -> String {
    let text = String::from_utf8(received(receiver).unwrap()).unwrap();
    assert_eq!(received(receiver), None, "one line and no more");
    without_header(&text, priority)
}

fn without_header(text: &str, priority: u8) -> String {
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
fn field<'l>(line: &'l str, name: &str) -> &'l str {
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
fn this_process() -> String {
    let name = fs::read_to_string("/proc/self/comm").unwrap();
    format!("{}[{}]", name.trim_end(), std::process::id())
}

fn request_for(key: &PublicKey, server_user: &[u8], algorithm: &[u8]) -> Vec<u8> {
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

#[test]
fn a_signature_and_a_refusal_have_one_line_each() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let syslogd = machine.syslogd();
    let socket = connection();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    machine.lab.ask(&machine.call, &socket, &data).unwrap();
    let line = one_line(&syslogd, 86);
    let sandbox = field(&line, "sandbox");
    assert!(sandbox == "full" || sandbox.starts_with("without:"), "{sandbox}");
    let (local, parent) = (socket.local_addr().unwrap(), this_process());
    let told = |key: &str, algorithm: &str| {
        format!(
            "key={key} sandbox={sandbox} parent={parent} local={local} peer=127.0.0.1:22 name=localhost \
             algorithm={algorithm} server-user=bob"
        )
    };
    let fingerprint = key.fingerprint().to_string();
    let expected = told(&fingerprint, "ssh-ed25519");
    assert_eq!(line, format!("signed reason=signed uid=65534 user=nobody {expected}"));

    machine.lab.write("keysign.conf", "AllowServerUsers root\n");
    machine.lab.ask(&machine.call, &socket, &data).unwrap_err();
    let line = one_line(&syslogd, 85);
    assert_eq!(line, format!("refused reason=server-user-not-allowed uid=65534 user=nobody {expected}"));

    machine.lab.write("keysign.conf", "Audit no\n");
    machine.lab.ask(&machine.call, &socket, &data).unwrap();
    assert_eq!(received(&syslogd), None);
    assert_eq!(machine.counted(), Some(0));
}

/// User names are the administrator's; all else that is told is the caller's to choose.
#[test]
fn no_name_forges_a_field_or_a_line() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let (syslogd, journald) = (machine.syslogd(), machine.journald());
    let long = [b'x'; 1000];
    let long_shown = format!("\"{}...\"", "x".repeat(256));
    let controls_shown = format!("\"{}...\"", "\\x1b".repeat(64));
    for (name, shown) in [
        (&b"bob"[..], "bob"),
        (b"-", "\"-\""),
        (b"b\" uid=0", "\"b\\x22 uid=0\""),
        (b"bob uid=0 user=root reason=signed", "\"bob uid=0 user=root reason=signed\""),
        (b"bob\n<86>Nov 22 23:00:00 sshd[1]: Accepted", "\"bob\\x0a<86>Nov 22 23:00:00 sshd[1]: Accepted\""),
        (b"bob\nMESSAGE=x\nPRIORITY=0", "\"bob\\x0aMESSAGE=x\\x0aPRIORITY=0\""),
        (b"b\xc3\xb6b\xff\x1b[2J", "\"b\\xc3\\xb6b\\xff\\x1b[2J\""),
        (&long, &long_shown),
        (&[0x1b; 1000], &controls_shown),
    ] {
        assert!(machine.signs(&request_for(&key, name, b"ssh-ed25519")), "{shown}");
        let line = one_line(&syslogd, 86);
        assert!(line.ends_with(&format!(" algorithm=ssh-ed25519 server-user={shown}")), "{line}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line}");
        assert_eq!(
            (field(&line, "uid"), field(&line, "user"), field(&line, "server-user")),
            ("65534", "nobody", shown)
        );
        let fields = journal_fields(&received(&journald).unwrap());
        let bare = shown.trim_matches('"');
        assert_eq!(fields.iter().filter(|(name, _)| name == "KEYSIGN_SERVER_USER").count(), 1, "{fields:?}");
        assert!(fields.contains(&("KEYSIGN_SERVER_USER".to_owned(), bare.to_owned())), "{fields:?}");
        assert!(fields.contains(&("PRIORITY".to_owned(), "6".to_owned())), "{fields:?}");
    }
    // An algorithm that does not exist.
    assert!(!machine.signs(&request_for(&key, b"bob", b"x server-user=root\n")));
    let line = one_line(&syslogd, 85);
    assert!(line.ends_with(" algorithm=\"x server-user=root\\x0a\" server-user=bob"), "{line}");
    assert!(received(&journald).is_some());
    // The parent's name.
    let data = request_for(&key, b"bob", b"ssh-ed25519");
    let setpriv = "--clear-groups bash /etc/ssh/parent";
    machine.lab.write("parent", "printf \"s] uid=0\\033x\" > /proc/$$/comm\n\"$1\"\n");
    machine.lab.ask(&Call { setpriv, ..machine.call }, &connection(), &data).unwrap();
    let line = one_line(&syslogd, 86);
    let parent = field(&line, "parent");
    assert!(parent.starts_with("\"s] uid=0\\x1bx\"[") && parent.ends_with(']'), "{line}");
}

/// What journald takes (systemd's "Native Journal Protocol"), strictly: lines of `NAME=value` alone, no name twice.
fn journal_fields(message: &[u8]) -> Vec<(String, String)> {
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

#[test]
fn journald_is_told_in_its_own_protocol() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let journald = machine.journald();
    // As on a machine with systemd: whoever speaks syslog's protocol speaks to journald.
    let dev_log = Machine::receiver(&machine.lab.run("systemd/journal/dev-log"));
    symlink("/run/systemd/journal/dev-log", machine.dev_log()).unwrap();
    let socket = connection();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    machine.lab.ask(&machine.call, &socket, &data).unwrap();
    let fields = journal_fields(&received(&journald).unwrap());
    let value = |name: &str| &fields.iter().find(|(found, _)| found == name).unwrap().1[..];
    let parent = fs::read_to_string("/proc/self/comm").unwrap();
    for (name, expected) in [
        ("PRIORITY", "6"),
        ("SYSLOG_FACILITY", "10"),
        ("SYSLOG_IDENTIFIER", "keysign"),
        ("MESSAGE_ID", "44157d5d34f1458f8ff2404bbbe0e507"),
        ("KEYSIGN_REASON", "signed"),
        ("KEYSIGN_UID", "65534"),
        ("KEYSIGN_USER", "nobody"),
        ("KEYSIGN_KEY", &key.fingerprint().to_string()),
        ("KEYSIGN_PARENT", parent.trim_end()),
        ("KEYSIGN_PARENT_PID", &std::process::id().to_string()),
        ("KEYSIGN_LOCAL", &socket.local_addr().unwrap().to_string()),
        ("KEYSIGN_PEER", "127.0.0.1:22"),
        ("KEYSIGN_NAME", "localhost"),
        ("KEYSIGN_ALGORITHM", "ssh-ed25519"),
        ("KEYSIGN_SERVER_USER", "bob"),
    ] {
        assert_eq!(value(name), expected, "{name}");
    }
    assert!(value("MESSAGE").starts_with("signed reason=signed uid=65534 user=nobody key=SHA256:"));
    assert!(value("SYSLOG_PID").parse::<u32>().is_ok());
    assert_eq!(fields.len(), 18, "{fields:?}");
    assert_eq!(received(&journald), None);
    assert_eq!(received(&dev_log), None, "not twice to the same");
    // Without its own socket, as syslogd.
    fs::remove_file(machine.lab.run("systemd/journal/socket")).unwrap();
    assert!(machine.signs(&data));
    assert!(one_line(&dev_log, 86).starts_with("signed reason=signed "));
    assert_eq!(machine.counted(), Some(0));
}

#[test]
fn a_stream_receiver_gets_a_line_ended_by_nul() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let listener = UnixListener::bind(machine.dev_log()).unwrap();
    fs::set_permissions(machine.dev_log(), Permissions::from_mode(0o666)).unwrap();
    assert!(machine.signs(&request(&key, "ssh-ed25519", "localhost.", "nobody")));
    let mut text = String::new();
    listener.accept().unwrap().0.read_to_string(&mut text).unwrap();
    let line = text.strip_suffix('\0').unwrap();
    assert!(without_header(line, 86).starts_with("signed reason=signed uid=65534 "), "{line}");
    assert_eq!(machine.counted(), Some(0));
}

#[test]
fn a_line_that_nobody_takes_is_counted_and_stops_no_signature() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    // Nobody is there.
    assert!(machine.signs(&data));
    assert_eq!(machine.counted(), Some(1));
    let file = fs::metadata(machine.lab.run("keysign.unlogged")).unwrap();
    assert_eq!((file.uid(), file.mode() & 0o7777), (0, 0o600));
    // Nobody listens any more.
    drop(machine.syslogd());
    assert!(machine.signs(&data));
    assert_eq!(machine.counted(), Some(2));
    fs::remove_file(machine.dev_log()).unwrap();
    // Somebody has filled the queue; any user can.
    let syslogd = machine.syslogd();
    let other = UnixDatagram::unbound().unwrap();
    other.set_nonblocking(true).unwrap();
    while other.send_to(b"x", machine.dev_log()).is_ok() {}
    let begin = Instant::now();
    assert!(machine.signs(&data));
    assert!(begin.elapsed() < Duration::from_secs(5), "it does not wait");
    assert_eq!(machine.counted(), Some(3));
    // Refusals count as well.
    assert!(!machine.signs(&request(&key, "ssh-ed25519", "other.test.", "nobody")));
    assert_eq!(machine.counted(), Some(4));
    while received(&syslogd).is_some() {}
    // When somebody listens again, it is shown.
    assert!(machine.signs(&data));
    let line = one_line(&syslogd, 86);
    assert_eq!(field(&line, "unlogged"), "4", "{line}");
    assert_eq!(machine.counted(), Some(4));
}

#[test]
fn a_socket_or_a_counter_of_somebody_elses_is_not_used() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let (syslogd, journald) = (machine.syslogd(), machine.journald());
    let told = || {
        assert!(machine.signs(&data));
        (received(&syslogd).is_some(), received(&journald).is_some())
    };
    assert_eq!(told(), (true, true));
    chown(machine.dev_log(), Some(65_534), None).unwrap();
    assert_eq!(told(), (false, true));
    // A folder on the way that others may write.
    fs::set_permissions(machine.lab.run("systemd/journal"), Permissions::from_mode(0o777)).unwrap();
    assert_eq!(told(), (false, false));
    assert_eq!(machine.counted(), Some(1));
    let counter = machine.lab.run("keysign.unlogged");
    for mode in [0o620, 0o602, 0o604] {
        fs::set_permissions(&counter, Permissions::from_mode(mode)).unwrap();
        assert_eq!(told(), (false, false));
        assert_eq!(machine.counted(), Some(1), "{mode:o}");
    }
    fs::set_permissions(&counter, Permissions::from_mode(0o600)).unwrap();
    chown(&counter, Some(65_534), None).unwrap();
    assert_eq!(told(), (false, false));
    assert_eq!(machine.counted(), Some(1));
    fs::remove_file(&counter).unwrap();
    symlink("/etc/ssh/target", &counter).unwrap();
    assert_eq!(told(), (false, false));
    assert!(!machine.lab.etc("target").exists());
    fs::remove_file(&counter).unwrap();
    // One of another length, which is no number.
    for content in [&b"x"[..], b"xxxxx"] {
        fs::write(&counter, content).unwrap();
        fs::set_permissions(&counter, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(told(), (false, false));
        assert_eq!(fs::read(&counter).unwrap(), content);
    }
}

/// A set-gid helper has no right to the counter, and goes on without.
/// A number in memory whose file has no room would end whoever looks at it (SIGBUS).
#[test]
fn a_full_run_folder_is_no_counter_and_stops_no_signature() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), b"bob", b"ssh-ed25519");
    for (before, what) in [
        (
            "mount -t tmpfs -o size=16k,mode=755 none /run && ! cat /dev/zero > /run/all 2>/dev/null",
            "no room for a file's bytes",
        ),
        (
            "mount -t tmpfs -o size=16k,mode=755 none /run && truncate -s 4 /run/keysign.unlogged && \
             chmod 600 /run/keysign.unlogged && ! cat /dev/zero > /run/all 2>/dev/null",
            "a file that is there and has none",
        ),
        ("mount -t tmpfs -o nr_inodes=1,mode=755 none /run", "no room for a file"),
    ] {
        let answer = lab.ask(&Call { before, ..SET_UID }, &connection(), &data);
        assert!(answer.is_ok(), "{what}: {answer:?}");
    }
}

#[test]
fn a_set_gid_helper_logs_and_does_not_count() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let file = machine.lab.etc("ssh_host_ed25519_key");
    chown(&file, Some(0), Some(1)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let call = Call { mode: 0o2711, group: 1, ..machine.call };
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    assert!(machine.lab.ask(&call, &connection(), &data).is_ok());
    assert_eq!(machine.counted(), None);
    let syslogd = machine.syslogd();
    assert!(machine.lab.ask(&call, &connection(), &data).is_ok());
    assert!(one_line(&syslogd, 86).starts_with("signed reason=signed uid=65534 user=nobody "));
}

/// The caller's limits and umask are not the counter's; and where he leaves so few descriptors that no socket can be had,
/// nothing can be signed either.
#[test]
fn the_caller_gets_no_signature_without_a_line_or_a_count() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let before = format!("{}; umask 777", machine.call.before).leak();
    assert!(machine.lab.ask(&Call { before, ..machine.call }, &connection(), &data).is_ok());
    assert_eq!(machine.counted(), Some(1));
    let syslogd = machine.syslogd();
    machine.lab.write(
        "fill",
        "ulimit -n 512\nfor ((n = 10; n < $1; n++)); do eval \"exec $n</dev/null\"; done\nexec \"$2\"\n",
    );
    let (mut signed, mut refused) = (0, 0);
    for filled in (236..=256).step_by(2).chain([255, 500]) {
        let setpriv = format!("--clear-groups bash /etc/ssh/fill {filled}").leak();
        let is_signed = machine.lab.ask(&Call { setpriv, ..machine.call }, &connection(), &data).is_ok();
        *(if is_signed { &mut signed } else { &mut refused }) += 1;
        let line = received(&syslogd).map(|line| String::from_utf8(line).unwrap());
        assert!(!is_signed || line.is_some_and(|line| line.contains(" reason=signed ")), "{filled}");
    }
    assert!(signed > 0 && refused > 0, "the test gets there: {signed} {refused}");
}

/// The two ends are those of the descriptor that the caller presented.
#[test]
fn addresses_of_both_families_are_told() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let syslogd = machine.syslogd();
    let Ok(socket) = UdpSocket::bind("[::1]:0") else { return };
    socket.connect("[::1]:2222").unwrap();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    machine.lab.ask(&machine.call, &socket, &data).unwrap();
    let line = one_line(&syslogd, 86);
    let local = socket.local_addr().unwrap().to_string();
    assert_eq!((field(&line, "local"), field(&line, "peer")), (&local[..], "[::1]:2222"));
    // A pipe has neither (a ProxyCommand's); the name is the machine's.
    let (_reader, writer) = std::io::pipe().unwrap();
    let _ = machine.lab.ask(&machine.call, &writer, &data);
    let line = one_line(&syslogd, 85);
    assert_eq!((field(&line, "local"), field(&line, "peer")), ("-", "-"), "{line}");
}

/// The caller has no say in it. The zone is read before the sandbox's second stage, in which nothing can be opened.
#[test]
fn the_time_is_that_of_the_machines_zone() {
    let machine = Machine::new(needs_root_and_helpers!());
    let zone = "/usr/share/zoneinfo/Asia/Kathmandu";
    let missing = [zone, "/etc/localtime"].into_iter().find(|path| !Path::new(path).exists());
    needs!(missing.map(|path| format!("{path} (package tzdata)")));
    let key = machine.lab.ed25519();
    let syslogd = machine.syslogd();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let before = format!("{}; mount --bind {zone} /etc/localtime; export TZ=UTC", machine.call.before).leak();
    let clock = || {
        let mut date = std::process::Command::new("date");
        let output = date.arg("+%b %e %H:%M").envs([("TZ", "Asia/Kathmandu"), ("LC_ALL", "C")]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let earliest = clock();
    assert!(machine.lab.ask(&Call { before, ..machine.call }, &connection(), &data).is_ok());
    let line = String::from_utf8(received(&syslogd).unwrap()).unwrap();
    let times = [earliest, clock()];
    assert!(times.iter().any(|time| line.starts_with(&format!("<86>{time}:"))), "{times:?} {line}");
}

/// The words for administrators are those of the documentation.
#[test]
fn each_refusal_has_its_code() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let syslogd = machine.syslogd();
    let documentation = include_str!("../../../docs/keysign.md");
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let expect = |code: &str| {
        let line = one_line(&syslogd, 85);
        assert!(line.starts_with(&format!("refused reason={code} uid=")), "{code}: {line}");
        assert!(
            documentation.lines().any(|line| line.starts_with("| `") && line.contains(&format!("`{code}`"))),
            "{code}"
        );
        line
    };
    let lab = &machine.lab;

    // The request.
    let with = |algorithm: &str, host: &str, user: &str| request(&key, algorithm, host, user);
    let session = |bytes: &[u8]| {
        let request = Request {
            user: b"bob",
            algorithm: b"ssh-ed25519",
            public_key: key.blob(),
            client_host: b"localhost.",
            client_user: b"nobody",
            signature: b"",
        };
        request.signed_data(bytes)
    };
    let no_key = Request {
        user: b"bob",
        algorithm: b"ssh-ed25519",
        public_key: b"no key",
        client_host: b"localhost.",
        client_user: b"nobody",
        signature: b"",
    };
    for (data, code) in [
        (b"x".to_vec(), "request-malformed"),
        ([&data[..], b"x"].concat(), "request-malformed"),
        (session(&[7; 33]), "session-id-length"),
        (with("ssh-dss", "localhost.", "nobody"), "algorithm-unknown"),
        (with("ssh-rsa", "localhost.", "nobody"), "algorithm-not-signed-with"),
        (no_key.signed_data(&[7; 32]), "key-malformed"),
        (with("rsa-sha2-512", "localhost.", "nobody"), "key-type-mismatch"),
        (with("ssh-ed25519", "localhost", "nobody"), "client-host-without-dot"),
        (with("ssh-ed25519", "victim.test.", "nobody"), "client-host-mismatch"),
        (with("ssh-ed25519", "localhost.", "root"), "client-user-mismatch"),
    ] {
        assert!(!machine.signs(&data), "{code}");
        expect(code);
    }
    // What the request asks for is told, where it can be read.
    assert!(!machine.signs(&with("ssh-dss", "localhost.", "nobody")));
    let line = expect("algorithm-unknown");
    assert!(line.ends_with(" algorithm=ssh-dss server-user=bob"), "{line}");
    assert_eq!(field(&line, "key"), key.fingerprint().to_string());
    assert!(!machine.signs(b"x"));
    let line = expect("request-malformed");
    assert!(line.ends_with(" algorithm=- server-user=-") && field(&line, "key") == "-", "{line}");

    // The frame, and the descriptor in it.
    let frame = |fd: u32| hostbased::wire::HelperRequest { fd, data: &data }.encode();
    for (input, code) in [
        (vec![], "input-ended"),
        (frame(3)[..20].to_vec(), "input-ended"),
        (b"\0\x01\0\x01".to_vec(), "frame-length"),
        (b"\0\0\0\x01\x07".to_vec(), "frame-malformed"),
        (frame(2), "descriptor-number"),
        (frame(3), "descriptor-not-open"),
    ] {
        let output = lab.feed(&machine.call, &input);
        assert_eq!(output.status.code(), Some(255), "{code}");
        let line = expect(code);
        assert_eq!((field(&line, "name"), field(&line, "local")), ("-", "-"), "{line}");
    }
    let refused_on = |descriptor: &dyn std::os::fd::AsFd, code: &str| {
        let answer = lab.ask(&machine.call, &descriptor.as_fd(), &data);
        assert!(answer.is_err(), "{code}");
        expect(code);
    };
    refused_on(&fs::File::open("/dev/null").unwrap(), "descriptor-no-connection");
    refused_on(&UnixDatagram::pair().unwrap().0, "descriptor-unix-socket");
    refused_on(&UdpSocket::bind("127.0.0.1:0").unwrap(), "descriptor-not-connected");

    // The settings, and who asks.
    for (name, text, code) in [
        ("keysign.conf", "Nonsense\n", "settings"),
        ("keysign.conf", "AllowUsers root\n", "user-not-allowed"),
        ("keysign.conf", "AllowGroups root\n", "group-not-allowed"),
        ("keysign.conf", "AllowServerUsers root\n", "server-user-not-allowed"),
        ("keysign.conf", "AcceptedAlgorithms rsa*\n", "algorithm-not-allowed"),
        ("keysign.conf", "", ""),
        ("ssh_config", "Nonsense x\n", "ssh-config"),
        ("ssh_config", "", "not-enabled"),
        ("ssh_config", "EnableSSHKeysign yes\n", ""),
    ] {
        lab.write(name, text);
        if !code.is_empty() {
            assert!(!machine.signs(&data), "{code}");
            expect(code);
        }
    }
    let nameless = Call { uid: 54_321, ..machine.call };
    assert!(lab.ask(&nameless, &connection(), &data).is_err());
    assert!(expect("no-account").starts_with("refused reason=no-account uid=54321 user=- "));

    // The keys.
    let other = lab.make_key("other", &["-t", "ed25519", "-N", ""]);
    assert!(!machine.signs(&request(&other, "ssh-ed25519", "localhost.", "nobody")));
    let line = expect("no-matching-key");
    assert_eq!(field(&line, "key"), other.fingerprint().to_string());
    fs::create_dir(lab.etc("keysign.keys.d")).unwrap();
    fs::set_permissions(lab.etc("keysign.keys.d"), Permissions::from_mode(0o777)).unwrap();
    assert!(!machine.signs(&data));
    expect("key-folder");
    fs::remove_dir(lab.etc("keysign.keys.d")).unwrap();
    fs::write(lab.etc("ssh_host_ed25519_key"), "no key").unwrap();
    assert!(!machine.signs(&data));
    expect("no-key-usable");
    fs::remove_file(lab.etc("ssh_host_ed25519_key")).unwrap();
    assert!(!machine.signs(&data));
    expect("no-key-opened");
}
