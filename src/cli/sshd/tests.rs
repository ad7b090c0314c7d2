use std::cell::RefCell;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::cli::failure::Failure;

const NO: &str = "hostbasedusesnamefrompacketonly no\nusedns no\n";
const DNS: &str = "HostbasedUsesNameFromPacketOnly no\nUseDNS yes\n";
const PACKET: &str = "hostbasedusesnamefrompacketonly yes\nusedns no\n";

/// Asks a stand-in of sshd that answers by what its arguments contain; returns the answer and what it was asked.
fn ask(host: &str, answers: &[(&str, Result<&str, &str>)]) -> (Result<Names, String>, Vec<String>) {
    let (names, asked) = ask_as(true, host, answers);
    (names.map_err(|error| error.to_string()), asked)
}

fn ask_as(
    as_root: bool,
    host: &str,
    answers: &[(&str, Result<&str, &str>)],
) -> (Result<Names, SshdError>, Vec<String>) {
    let asked = RefCell::new(Vec::new());
    let run = |arguments: &[&str]| {
        let arguments = arguments.join(" ");
        let (_, answer) = answers.iter().find(|(part, _)| arguments.contains(part)).unwrap();
        asked.borrow_mut().push(arguments);
        let (success, output, error) = match answer {
            Ok(output) => (true, *output, ""),
            Err(error) => (false, "", *error),
        };
        Ok(Answer { success, output: output.into(), error: error.into() })
    };
    let names = Sshd { config: None, as_root, run }.rules(&host.parse().unwrap()).map(|rules| rules.names);
    (names, asked.into_inner())
}

#[test]
fn sshd_is_asked_for_the_very_connection() {
    let (names, asked) = ask("node1,10.0.0.1", &[("-T", Ok(DNS))]);
    assert_eq!(names, Ok(Names::Dns));
    assert_eq!(asked, ["-T -C user=nobody,host=node1,addr=10.0.0.1"]);
    let (names, asked) = ask("node1,10.0.0.1", &[("host=node1", Ok(NO)), ("host=10.0.0.1", Ok(PACKET))]);
    assert_eq!(names, Ok(Names::Packet), "a Match Host block that names the address");
    assert_eq!(asked.len(), 2);
    let (names, _) = ask("node1,10.0.0.1", &[("host=node1", Ok(PACKET)), ("host=10.0.0.1", Ok(NO))]);
    assert_eq!(names, Ok(Names::Address), "a Match Host block that names the name is not seen with UseDNS no");
    assert_eq!(ask("node1", &[("-T", Ok(NO))]), (Ok(Names::Address), vec!["-T".to_owned()]));
}

#[test]
fn a_connection_is_asked_for_whole_or_without_its_match_blocks() {
    let asked = RefCell::new(Vec::new());
    let run = |arguments: &[&str]| {
        asked.borrow_mut().push(arguments.join(" "));
        let knows = arguments.contains(&"-G") || !arguments.contains(&"user=carol,host=node1,addr=10.0.0.1");
        let error = if knows { "" } else { "x\n'Match LocalPort' in configuration but 'lport' not in it\n" };
        Ok(Answer { success: knows, output: NO.into(), error: error.into() })
    };
    let sshd = Sshd { config: Some("/c".to_owned()), as_root: true, run };
    let ask = |user| {
        let answer = sshd
            .of_connection(&Connection { user, host: "node1", address: "10.0.0.1", local: None, port: None })
            .unwrap();
        assert_eq!(answer.output, NO.as_bytes());
        answer.without_match
    };
    assert_eq!(ask("alice"), None);
    assert_eq!(ask("a,host=b"), Some("sshd -C takes no user with a comma in the name".into()));
    assert_eq!(ask("carol"), Some("'Match LocalPort' in configuration but 'lport' not in it".into()));
    let connection = "-T -f /c -C user=alice,host=node1,addr=10.0.0.1";
    let other = connection.replace("alice", "carol");
    assert_eq!(asked.into_inner(), [connection, "-T -f /c", &other, "-G -f /c"]);
}

#[test]
fn the_servers_own_address_and_port_are_told() {
    let connection = Connection { user: "a", host: "h", address: "10.0.0.1", local: Some("10.0.0.2"), port: Some(22) };
    assert_eq!(connection.specification().as_deref(), Some("user=a,host=h,addr=10.0.0.1,laddr=10.0.0.2,lport=22"));
}

#[test]
fn a_bad_option_is_named_by_its_line() {
    let said = b"/c line 3: Bad configuration option: Foo\r\n/c: terminating, 1 bad configuration options\r\n";
    assert_eq!(complaint(said), b"/c line 3: Bad configuration option: Foo");
    assert_eq!(
        complaint(b"/c line 3: Deprecated option X\nsshd: no hostkeys available\n"),
        b"sshd: no hostkeys available"
    );
    assert_eq!(complaint(b""), b"");
}

#[test]
fn addresses_must_be_looked_up_alike() {
    let (names, _) = ask("node1,10.0.0.1,10.0.0.2", &[("addr=10.0.0.1", Ok(NO)), ("addr=10.0.0.2", Ok(PACKET))]);
    assert_eq!(names, Err("it differs between the addresses of node1,10.0.0.1,10.0.0.2".into()));
}

#[test]
fn when_t_fails_g_is_asked_and_then_nothing_is_guessed() {
    let no_keys = Err("x\nsshd: no hostkeys available -- exiting.\r\n");
    let (names, asked) = ask("node1,10.0.0.1", &[("-T", no_keys), ("-G", Ok(DNS))]);
    assert_eq!((names, asked.last().map(String::as_str)), (Ok(Names::Dns), Some("-G")));
    let (names, _) = ask("node1,10.0.0.1", &[("-T", no_keys), ("-G", Err("unknown option -- G\nusage"))]);
    assert_eq!(names, Err("sshd -T fails: sshd: no hostkeys available -- exiting.".into()));
    let (names, _) = ask("node1", &[("-T", Ok("port 22\n"))]);
    assert_eq!(
        names,
        Err("sshd -T cannot be understood: it does not say what HostbasedUsesNameFromPacketOnly is".into())
    );
}

#[test]
fn who_lacks_the_rights_is_told_to_run_it_as_root_first() {
    let told = |as_root, error| {
        let answers = [("-T", Err(error)), ("-G", Err("unknown option -- G\nusage"))];
        Failure::from(ask_as(as_root, "node1", &answers).0.unwrap_err()).to_string()
    };
    let say = "say it: --names dns, address, packet or both";
    let keys = "Unable to load host key: /etc/ssh/key\r\nsshd: no hostkeys available -- exiting.\r\n";
    for rights in [keys, "/etc/ssh/sshd_config: Permission denied\r\n"] {
        let text = told(false, rights);
        assert!(text.ends_with(&format!("\nrun this as root, or {say}")), "{text}");
        let text = told(true, rights);
        assert!(text.ends_with(&format!("\n{say}")), "to root it is no help: {text}");
    }
    let text = told(false, "sshd_config line 1: unsupported option \"perhaps\".\n");
    assert!(text.ends_with(&format!("\n{say}")), "root would be told the same: {text}");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the files of a test")]
fn an_image_is_asked_by_its_own_configuration_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("etc/ssh")).unwrap();
    for part in ["", "etc", "etc/ssh"] {
        std::fs::set_permissions(folder.path().join(part), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let root = Root::new(folder.path());
    let path = root.join(CONFIG).display().to_string();
    assert!(matches!(config_of(&root), Err(SshdError::NoConfig(missing)) if missing == path));
    for (text, includes) in [
        ("UseDNS yes\n# Include x\nPort 22\n", false),
        ("UseDNS yes\n  include /etc/ssh/sshd_config.d/*.conf\n", true),
        ("\"Include\" x\n", true),
        ("INCLUDE=x\n", true),
    ] {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        match config_of(&root) {
            Ok(found) => assert!(found == path && !includes, "{text}"),
            Err(error) => assert!(matches!(error, SshdError::Includes(_)) && includes, "{text}"),
        }
    }
}
