//! Where `ssh` looks for the server's key, and how many lines name it there.

use std::fs::{self, File};
use std::io::{self, Read};

use super::files::{facts, reason};
use crate::doctor::client::{KnownHostsFile, Options};
use crate::known_hosts::{Document, Marker};

/// Longest file that is read, in bytes.
const MAX_BYTES: u64 = 256 << 20;

/// The files of UserKnownHostsFile and GlobalKnownHostsFile that are there; none when they cannot be told.
pub(super) fn gather(options: &Options, names: &[String], home: Option<&str>) -> Vec<KnownHostsFile> {
    let lists = [("userknownhostsfile", false), ("globalknownhostsfile", true)];
    let paths = lists.iter().flat_map(|(keyword, is_global)| {
        options.words(keyword).into_iter().filter_map(move |path| Some((expanded(path, home)?, *is_global)))
    });
    paths.map(|(path, is_global)| look(path, is_global, names)).collect()
}

/// A path without `~`; none where it has tokens, which `ssh` alone can expand.
fn expanded(path: &str, home: Option<&str>) -> Option<String> {
    let path = match path.strip_prefix("~/") {
        Some(below) => format!("{}/{below}", home?),
        None => path.to_owned(),
    };
    (path.starts_with('/') && !path.contains('%') && !path.contains("${")).then_some(path)
}

fn look(path: String, is_global: bool, names: &[String]) -> KnownHostsFile {
    let file = fs::metadata(&path).ok().map(|metadata| facts(&path, &metadata));
    let (lines, unreadable) = match read(&path) {
        Ok(bytes) => (naming(&bytes, names), None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (0, None),
        Err(error) => (0, Some(reason(&error))),
    };
    KnownHostsFile { path, is_global, lines, unreadable, file }
}

fn read(path: &str) -> io::Result<Vec<u8>> {
    // `/dev/null` is a usual way to have none.
    if !fs::metadata(path)?.is_file() {
        return Ok(Vec::new());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Lines with a key or an authority for one of these names, and not with a revoked one.
fn naming(bytes: &[u8], names: &[String]) -> usize {
    let document = Document::parse(bytes);
    let is_named = |entry: &crate::known_hosts::Entry| names.iter().any(|name| entry.matches(name.as_bytes()));
    document.entries().filter(|(_, entry)| entry.marker() != Some(Marker::Revoked) && is_named(entry)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_can_be_told_are_looked_at() {
        assert_eq!(expanded("~/.ssh/known_hosts", Some("/home/a")).as_deref(), Some("/home/a/.ssh/known_hosts"));
        assert_eq!(expanded("/etc/x", None).as_deref(), Some("/etc/x"));
        assert_eq!(expanded("~/x", None), None);
        assert_eq!(expanded("/x/%h", None), None);
        assert_eq!(expanded("~bob/x", Some("/home/a")), None);
    }

    #[test]
    fn revoked_lines_and_other_names_do_not_count() {
        let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
        let file = format!("[srv]:2222 {key}\n@cert-authority *.test {key}\n@revoked srv {key}\nother {key}\n");
        let count = |names: &[&str]| naming(file.as_bytes(), &names.iter().map(|&n| n.to_owned()).collect::<Vec<_>>());
        assert_eq!(count(&["[srv]:2222"]), 1);
        assert_eq!(count(&["srv.test"]), 1);
        assert_eq!(count(&["srv"]), 0);
    }
}
