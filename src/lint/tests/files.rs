//! The files themselves.

use super::*;

fn about(file: Option<File>, found: Found) -> Vec<String> {
    let about = [About { path: "/etc/ssh".into(), file, found }];
    shown(&lint(&Inputs { about: &about, runner: 1000, ..Inputs::default() }))
}

fn there(file: Option<File>, owner: u32, mode: u32) -> Vec<String> {
    about(file, Found::There { owner, mode, wrong_kind: None })
}

#[test]
fn nobody_else_may_write() {
    for owner in [0, 1000] {
        assert_eq!(there(Some(File::KnownHosts), owner, 0o644), [""; 0]);
        assert_eq!(there(None, owner, 0o755), [""; 0]);
    }
    assert_eq!(there(Some(File::ShostsEquiv), 1001, 0o644), ["s foreign-owner!"]);
    assert_eq!(there(None, 1001, 0o755), ["/etc/ssh foreign-owner!"]);
    for mode in [0o664, 0o646, 0o666] {
        assert_eq!(there(Some(File::KnownHosts), 0, mode), ["k writable-by-others!"]);
    }
    assert_eq!(there(None, 0, 0o1777), ["/etc/ssh writable-by-others!"]);
}

#[test]
fn users_need_to_read_the_keys_and_nothing_else() {
    assert_eq!(there(Some(File::KnownHosts), 0, 0o600), ["k not-world-readable."]);
    assert_eq!(there(Some(File::ShostsEquiv), 0, 0o600), [""; 0]);
}

#[test]
fn what_is_no_file_or_not_read_is_found() {
    let folder = Found::There { owner: 0, mode: 0o755, wrong_kind: Some("a folder".into()) };
    assert_eq!(about(Some(File::HostsEquiv), folder), ["h not-a-file!"]);
    assert_eq!(about(Some(File::KnownHosts), Found::Unreadable("no".into())), ["k unreadable-file!"]);
    assert_eq!(about(Some(File::KnownHosts), Found::Nothing), [""; 0]);
    assert_eq!(about(None, Found::Unread), ["/etc/ssh unread-file"]);
}
