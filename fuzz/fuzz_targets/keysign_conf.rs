//! `/etc/ssh/keysign.conf`, the set-uid helper's own settings. The helper is no library, so its files are included here.
//!
//! Beside a naive reading of files without quotes: whatever is in a file, more lines only forbid more.
#![no_main]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use hostbased::key::{Algorithm, SignatureHash};
use hostbased::pattern::{Case, ListMatch};
use hostbased_fuzz::pattern::{naive_list, takes_long};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

use crate::groups::Groups;
use crate::settings::{NotAllowed, Settings};

#[allow(dead_code, reason = "the other reader needs the rest")]
#[path = "../../keysign-helper/src/admin_file/mod.rs"]
mod admin_file;
#[path = "../../keysign-helper/src/settings/mod.rs"]
mod settings;

/// In place of the helper's, which asks the system.
mod groups {
    #[derive(Default)]
    pub(crate) struct Groups {
        pub(crate) of_the_user: Vec<Vec<u8>>,
        pub(crate) of_the_process: Vec<Vec<u8>>,
    }
}

/// As the helper's.
const ROOT: u32 = 0;

/// The file's folder; in memory where the system has such a place.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let file = folder.path().join("keysign.conf");
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    folder
});

const USERS: [&[u8]; 3] = [b"alice", b"bob", b"*"];

fuzz_target!(|input: &[u8]| {
    assert!(read(&[input, b"\nNoSuchKeyword x\n"].concat()).is_none(), "what is not understood refuses");
    let settings = read(input);
    if let Some(naive) = Naive::read(input) {
        match (&settings, naive) {
            (Some(settings), Some(naive)) => naive.compare(settings),
            (settings, naive) => assert_eq!(settings.is_some(), naive.is_some()),
        }
    }
    let Some(settings) = settings else { return };
    for algorithm in Algorithm::all().filter(|algorithm| algorithm.hash() == SignatureHash::Sha1) {
        assert_eq!(settings.may_sign(algorithm), Err(NotAllowed::Algorithm));
    }

    // More lines can only forbid more.
    let Some(more) = read(&[input, b"\nAllowUsers !alice *\nAllowServerUsers !root\n"].concat()) else { return };
    assert_eq!(more.may_call(b"alice", &Groups::default()), Err(NotAllowed::User));
    assert_eq!(more.may_be(b"root"), Err(NotAllowed::ServerUser));
    for user in USERS {
        assert!(settings.may_be(user).is_ok() || more.may_be(user).is_err());
    }
});

fn read(text: &[u8]) -> Option<Settings> {
    let path = FOLDER.path().join("keysign.conf");
    fs::write(&path, text).unwrap();
    settings::read(&path, nix::unistd::geteuid().as_raw()).ok()
}

/// What a file of plain lines says.
#[derive(Default)]
struct Naive<'a> {
    users: Vec<&'a [u8]>,
    groups: Vec<&'a [u8]>,
    server_users: Vec<&'a [u8]>,
    strict_sandbox: Option<bool>,
    audit: Option<bool>,
}

impl<'a> Naive<'a> {
    /// `None` for a file that is not plain; the inner one for a file that must be refused.
    fn read(file: &'a [u8]) -> Option<Option<Self>> {
        if file.iter().any(|byte| b"\"'\\=\r\x0c".contains(byte)) {
            return None;
        }
        let mut naive = Self::default();
        for line in file.split(|&byte| byte == b'\n') {
            let mut words = line.split(|byte| b" \t".contains(byte)).filter(|word| !word.is_empty());
            let Some(keyword) = words.next().filter(|word| !word.starts_with(b"#")) else {
                if line.contains(&0) {
                    return Some(None);
                }
                continue;
            };
            let words: Vec<&[u8]> = words.take_while(|word| !word.starts_with(b"#")).collect();
            let flag = match words[..] {
                [word] => match &word.to_ascii_lowercase()[..] {
                    b"yes" | b"true" => Some(true),
                    b"no" | b"false" => Some(false),
                    _ => None,
                },
                _ => None,
            };
            let elements = || words.iter().flat_map(|word| word.split(|&byte| byte == b','));
            let is_list = !words.is_empty()
                && elements()
                    .map(|one| one.strip_prefix(b"!").unwrap_or(one))
                    .all(|one| (1..1023).contains(&one.len()));
            let is_right = !line.contains(&0)
                && match &keyword.to_ascii_lowercase()[..] {
                    b"acceptedalgorithms" => return None,
                    b"strictsandbox" => flag.is_some() && naive.strict_sandbox.replace(flag?).is_none(),
                    b"audit" => flag.is_some() && naive.audit.replace(flag?).is_none(),
                    b"allowusers" => {
                        naive.users.extend(words);
                        is_list
                    }
                    b"allowgroups" => {
                        naive.groups.extend(words);
                        is_list
                    }
                    b"allowserverusers" => {
                        naive.server_users.extend(words);
                        is_list
                    }
                    _ => false,
                };
            if !is_right {
                return Some(None);
            }
        }
        let lists = [&naive.users, &naive.groups, &naive.server_users];
        let only_negates = |words: &Vec<&[u8]>| {
            !words.is_empty()
                && words.iter().flat_map(|word| word.split(|&byte| byte == b',')).all(|one| one[0] == b'!')
        };
        if lists.into_iter().any(only_negates) {
            return Some(None);
        }
        Some(Some(naive))
    }

    fn compare(&self, settings: &Settings) {
        assert_eq!(settings.strict_sandbox, self.strict_sandbox.unwrap_or(false));
        assert_eq!(settings.audit, self.audit.unwrap_or(true));
        assert_eq!(settings.asks_for_groups(), !self.groups.is_empty());
        for user in USERS {
            let Some(is_user) = allows(&self.users, &[user]) else { continue };
            let Some(is_in_group) = allows(&self.groups, &[b"staff", user]) else { continue };
            let Some(is_shut_out) = shuts_out(&self.groups, b"wheel") else { continue };
            let wanted = |in_group| match (is_user, in_group) {
                (true, true) => Ok(()),
                (true, false) => Err(NotAllowed::Group),
                (false, _) => Err(NotAllowed::User),
            };
            let of_the_user = vec![b"staff".to_vec(), user.to_vec()];
            let groups = Groups { of_the_user, of_the_process: Vec::new() };
            assert_eq!(settings.may_call(user, &groups), wanted(is_in_group));
            // A group of the process alone gives nothing, and can take.
            let groups = Groups { of_the_process: vec![b"wheel".to_vec()], ..groups };
            assert_eq!(settings.may_call(user, &groups), wanted(is_in_group && !is_shut_out));
            if let Some(may_be) = allows(&self.server_users, &[user]) {
                assert_eq!(settings.may_be(user).is_ok(), may_be);
            }
        }
    }
}

/// Whether these words allow one of the names; everybody where there is none. `None` where finding out takes long.
fn allows(words: &[&[u8]], names: &[&[u8]]) -> Option<bool> {
    if names.iter().any(|name| words.iter().any(|word| takes_long(name, word))) {
        return None;
    }
    let results = names.iter().flat_map(|name| words.iter().map(|word| naive_list(name, word, Case::Sensitive)));
    let results: Vec<ListMatch> = results.collect();
    Some(words.is_empty() || (results.contains(&ListMatch::Yes) && !results.contains(&ListMatch::Negated)))
}

/// Whether one of these words has a negated pattern for the name.
fn shuts_out(words: &[&[u8]], name: &[u8]) -> Option<bool> {
    if words.iter().any(|word| takes_long(name, word)) {
        return None;
    }
    Some(words.iter().any(|word| naive_list(name, word, Case::Sensitive) == ListMatch::Negated))
}
