//! Running the command in a machine, and what its files are like before and after.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use crate::pair::Machine;
use crate::run::Run;

/// Everything below a folder: owner, group and mode, and what it says; of a link, where it points.
pub type Tree = BTreeMap<String, (u32, u32, u32, Vec<u8>)>;

/// Runs `hostbased setup` with these arguments, split at the spaces, as root.
pub fn setup(machine: &Machine, arguments: &str) -> Run {
    Run::from(machine.as_root("hostbased").arg("setup").args(arguments.split(' ')).output().unwrap())
}

/// The same where it must write something.
#[track_caller]
pub fn writes(machine: &Machine, arguments: &str) -> Run {
    let run = setup(machine, arguments);
    assert_eq!((run.code, run.error.as_str()), (Some(0), ""), "{arguments}: {run:?}");
    assert!(run.output.lines().any(|line| line == "written"), "{arguments}: {run:?}");
    run
}

/// The same where it must find nothing to do.
#[track_caller]
pub fn has_nothing_to_do(machine: &Machine, arguments: &str) {
    let run = setup(machine, arguments);
    assert_eq!((run.code, run.output.lines().last()), (Some(0), Some("nothing to do")), "{arguments}: {run:?}");
}

/// The same where it must refuse, and change nothing; gives its words.
#[track_caller]
pub fn is_refused(machine: &Machine, arguments: &str) -> String {
    let before = tree(machine, "/etc/ssh");
    let run = setup(machine, arguments);
    assert_eq!(run.code, Some(2), "{arguments}: {run:?}");
    assert_eq!(tree(machine, "/etc/ssh"), before, "{arguments}");
    run.error
}

/// Everything below a folder of a machine, without the locks that stay beside files.
pub fn tree(machine: &Machine, folder: &str) -> Tree {
    let mut found = Tree::new();
    add(&machine.path(folder), folder, &mut found);
    found
}

fn add(path: &Path, shown: &str, found: &mut Tree) {
    for entry in fs::read_dir(path).unwrap().map(Result::unwrap) {
        let shown = format!("{shown}/{}", entry.file_name().to_str().unwrap());
        let metadata = entry.metadata().unwrap();
        if shown.ends_with(".hostbased-lock") {
            continue;
        }
        let says = match () {
            () if metadata.is_dir() => Vec::new(),
            () if metadata.is_symlink() => fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes(),
            () => fs::read(entry.path()).unwrap(),
        };
        found.insert(shown.clone(), (metadata.uid(), metadata.gid(), metadata.permissions().mode() & 0o7777, says));
        if metadata.is_dir() {
            add(&entry.path(), &shown, found);
        }
    }
}

/// A file's mode.
#[track_caller]
pub fn mode(machine: &Machine, path: &str) -> u32 {
    fs::metadata(machine.path(path)).unwrap().permissions().mode() & 0o7777
}
