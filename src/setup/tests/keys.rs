//! Host keys that are missing, torn from their `.pub`, or readable for the wrong ones; and those of an image.

use crate::key::PublicKey;
use crate::setup::{
    Action, FirstBoot, FirstBootFacts, HOST_KEYS, HOST_KEYS_LINK, HOST_KEYS_UNIT, HostKeyFacts, KeysFacts, Plan,
    plan_keys,
};
use crate::store::Ownership;

fn own(mode: u32) -> Ownership {
    Ownership { owner: 0, group: 0, mode }
}

fn key(byte: u8) -> PublicKey {
    let point = [byte; 32];
    PublicKey::from_blob(&[b"\0\0\0\x0bssh-ed25519\0\0\0 ".as_slice(), &point].concat()).unwrap()
}

fn line(byte: u8) -> Vec<u8> {
    format!("{} root@node\n", key(byte).to_line()).into_bytes()
}

fn good() -> HostKeyFacts {
    HostKeyFacts { private: Some(own(0o600)), public_of_private: Some(Ok(key(1))), public: Some((own(0o644), line(1))) }
}

fn facts(first: HostKeyFacts) -> KeysFacts {
    KeysFacts { keys: vec![first, good(), good()], folder_mode: 0o755, helper_group: None }
}

fn steps(plan: &Plan) -> Vec<String> {
    let text = |action: &Action| match action {
        Action::MakeKey { kind, bits, .. } => format!("make {kind} {}", bits.unwrap_or_default()),
        Action::SetOwnership { path, new, .. } => {
            let name = path.rsplit('/').next().unwrap();
            format!("{name} {}:{} {:04o}", new.owner, new.group, new.mode)
        }
        Action::SetFolderMode { new, .. } => format!("folder {new:04o}"),
        Action::WritePublic { new, old, .. } => {
            assert_eq!(*new, format!("{}\n", key(1).to_line()).into_bytes());
            format!("public, {}", if old.is_some() { "another before" } else { "none before" })
        }
        other => other.word().to_owned(),
    };
    plan.steps.iter().map(|step| text(&step.action)).collect()
}

#[test]
fn keys_that_are_right_stay() {
    assert_eq!(plan_keys(&facts(good()), true), Plan::default());
    let tighter = HostKeyFacts { private: Some(own(0o400)), ..good() };
    assert_eq!(plan_keys(&facts(tighter), true), Plan::default());
}

#[test]
fn keys_that_are_missing_are_made_unless_it_is_an_image() {
    let none = KeysFacts { keys: vec![HostKeyFacts::default(); 3], folder_mode: 0o755, helper_group: None };
    assert_eq!(steps(&plan_keys(&none, true)), ["make ed25519 0", "make ecdsa 0", "make rsa 3072"]);
    assert_eq!(plan_keys(&none, false), Plan::default());
    let left_over = HostKeyFacts { public: Some((own(0o644), line(2))), ..HostKeyFacts::default() };
    assert_eq!(steps(&plan_keys(&facts(left_over), true)), ["make ed25519 0"]);
}

#[test]
fn a_pub_that_is_missing_or_another_key_s_is_written_anew() {
    let missing = HostKeyFacts { public: None, ..good() };
    assert_eq!(steps(&plan_keys(&facts(missing), true)), ["public, none before"]);
    let stale = HostKeyFacts { public: Some((own(0o644), line(2))), ..good() };
    assert_eq!(steps(&plan_keys(&facts(stale), true)), ["public, another before"]);
    let garbage = HostKeyFacts { public: Some((own(0o600), b"no key\n".to_vec())), ..good() };
    assert_eq!(
        steps(&plan_keys(&facts(garbage), true)),
        ["public, another before", "ssh_host_ed25519_key.pub 0:0 0644"]
    );
}

#[test]
fn modes_are_put_right() {
    let private = |ownership| HostKeyFacts { private: Some(ownership), ..good() };
    let planned = |key| steps(&plan_keys(&facts(key), true));
    assert_eq!(planned(private(own(0o644))), ["ssh_host_ed25519_key 0:0 0600"]);
    assert_eq!(planned(private(Ownership { owner: 5, group: 5, mode: 0o600 })), ["ssh_host_ed25519_key 0:0 0600"]);
    for (mode, wanted) in [(0o600, 0o644), (0o666, 0o644), (0o640, 0o644)] {
        let key = HostKeyFacts { public: Some((own(mode), line(1))), ..good() };
        assert_eq!(planned(key), [format!("ssh_host_ed25519_key.pub 0:0 {wanted:04o}")]);
    }
    let closed = KeysFacts { folder_mode: 0o700, ..facts(good()) };
    assert_eq!(steps(&plan_keys(&closed, true)), ["folder 0755"]);
}

#[test]
fn keys_of_a_set_gid_helper_stay_readable_for_its_group() {
    let key = HostKeyFacts { private: Some(Ownership { owner: 0, group: 990, mode: 0o640 }), ..good() };
    let with = |helper_group| KeysFacts { helper_group, ..facts(key.clone()) };
    assert_eq!(steps(&plan_keys(&with(Some(990)), true)), [""; 0]);
    assert_eq!(steps(&plan_keys(&with(Some(991)), true)), ["ssh_host_ed25519_key 0:0 0600"]);
    assert_eq!(steps(&plan_keys(&with(None), true)), ["ssh_host_ed25519_key 0:0 0600"]);
}

#[test]
fn a_key_that_cannot_be_read_is_left_and_told() {
    let broken = HostKeyFacts { public_of_private: Some(Err("is \x1bdamaged".to_owned())), ..good() };
    let plan = plan_keys(&facts(broken), true);
    assert_eq!(plan.steps, []);
    assert!(plan.left[0].starts_with("/etc/ssh/ssh_host_ed25519_key: is \\x1bdamaged: "), "{:?}", plan.left);
}

#[test]
fn an_image_leaves_its_keys_to_the_machines_that_start_from_it() {
    let empty = FirstBootFacts { has_systemd: true, ..FirstBootFacts::default() };
    let plan = FirstBoot::plan(&empty);
    let Action::Write { path, new: Some(unit), .. } = &plan.steps[0].action else { panic!("{plan:?}") };
    assert_eq!(path, HOST_KEYS_UNIT);
    let text = String::from_utf8(unit.clone()).unwrap();
    for kind in HOST_KEYS {
        assert!(text.contains(&format!("\nConditionPathExists=|!{}\n", kind.path)), "{text}");
    }
    assert!(text.contains("\nBefore=ssh.service sshd.service\n"), "{text}");
    assert_eq!(plan.steps[1].action.path(), Some(HOST_KEYS_LINK));
    let done = FirstBootFacts { unit: Some(unit.clone()), is_enabled: true, ..empty.clone() };
    assert_eq!(FirstBoot::plan(&done), Plan::default());
    assert_eq!(FirstBoot::undo(&done).steps.len(), 2);
    assert_eq!(FirstBoot::undo(&empty), Plan::default());
    let changed = FirstBootFacts { unit: Some(b"other".to_vec()), ..done };
    assert_eq!((FirstBoot::undo(&changed).steps.len(), FirstBoot::undo(&changed).left.len()), (0, 1));
    // Keys in it are told, and an image without systemd.
    let keys = FirstBootFacts { keys: vec!["/image/key".to_owned()], ..FirstBootFacts::default() };
    let plan = FirstBoot::plan(&keys);
    assert!(plan.steps.is_empty() && plan.left[0].contains("/image/key") && plan.notes[0].contains("ssh-keygen -A"));
}
