//! Twists of the files themselves: what stands in a file's place, whose it is, and who may write it.

use super::Generator;
use crate::case::{
    Case, Content, File, HOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, LINK_TARGET, REVOKED_KEYS, SHOSTS_EQUIV,
};
use crate::ground::uid_of;

impl Generator<'_> {
    /// Another owner or mode of one of the user's files, of `.ssh`, or of the home.
    pub(super) fn another_mode_at_home(&mut self, case: &mut Case) {
        let uid = uid_of(&case.account);
        case.files.entry(case.home("")).or_insert(File { content: Content::Folder, uid, mode: 0o755 });
        let home = case.home("");
        let paths: Vec<String> = case.files.keys().filter(|path| path.starts_with(&home)).cloned().collect();
        let path = &paths[self.random.below(paths.len())];
        let folder = case.files[path].content == Content::Folder;
        let mode = if folder {
            self.random.of(&[0o755, 0o700, 0o775, 0o777, 0o757, 0o000])
        } else {
            self.random.of(&[0o644, 0o600, 0o664, 0o646, 0o666, 0o400, 0o000, 0o4644])
        };
        let uid = self.random.of(&[uid, uid, 0, 5002, 5100]);
        let file = case.files.get_mut(path).unwrap();
        (file.uid, file.mode) = (uid, mode);
        if self.random.one_in(3) {
            case.set("StrictModes", "no");
        }
    }

    /// Another owner or mode of one of the system's files, which sshd does not look at.
    pub(super) fn another_mode_in_etc(&mut self, case: &mut Case) {
        let mut paths = vec![HOSTS_EQUIV, SHOSTS_EQUIV, KNOWN_HOSTS, KNOWN_HOSTS2, REVOKED_KEYS];
        paths.retain(|path| case.text(path).is_some());
        if paths.is_empty() {
            return;
        }
        let file = case.files.get_mut(self.random.of(&paths)).unwrap();
        (file.uid, file.mode) =
            self.random.of(&[(0, 0o600), (0, 0o444), (0, 0o000), (0, 0o666), (0, 0o664), (5001, 0o644), (0, 0o4755)]);
    }

    /// Something else in the place of a file that counts.
    pub(super) fn no_plain_file(&mut self, case: &mut Case) {
        let equiv = super::equiv::files(case);
        let known_hosts = super::known_hosts::files(case);
        let paths: Vec<&String> =
            equiv.iter().chain(&known_hosts).filter(|path| case.files.contains_key(*path)).collect();
        let Some(path) = (!paths.is_empty()).then(|| paths[self.random.below(paths.len())].clone()) else { return };
        let uid = case.files[&path].uid;
        let content = match self.random.below(5) {
            0 => Content::Folder,
            1 => Content::Link("/nowhere".into()),
            2 => {
                // The same file by a link to it.
                let mut file = case.files[&path].clone();
                file.mode = 0o644;
                let target = if uid == 0 { LINK_TARGET.to_owned() } else { case.home("target") };
                case.files.insert(target.clone(), file);
                Content::Link(target)
            }
            // sshd opens the equiv files alone in a way that does not wait.
            3 if equiv.contains(&path) => Content::Fifo,
            _ => {
                case.files.remove(&path);
                return;
            }
        };
        let mode = if content == Content::Folder { 0o755 } else { 0o600 };
        case.files.insert(path, File { content, uid, mode });
    }

    /// No home at all, or one that is a file.
    pub(super) fn no_home(&mut self, case: &mut Case) {
        let home = case.home("");
        case.files.retain(|path, _| !path.starts_with(&home));
        let content = Content::Link("/nowhere".into());
        case.files.insert(home, File { content, uid: 0, mode: 0o755 });
    }
}
