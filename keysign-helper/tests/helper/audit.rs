//! The audit line, at receivers of each kind: what stands in it, that no name forges another, and that nobody who listens
//! badly keeps a signature from being made.

use std::fs::{self, Permissions};
use std::io::Read as _;
use std::net::UdpSocket;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;

use hostbased::wire::Request;

use crate::connection;
use crate::lab::{Call, request};

use crate::log_machine::{
    Machine, field, journal_fields, one_line, received, request_for, this_process, without_header,
};

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
