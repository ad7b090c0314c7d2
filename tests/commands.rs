//! What each command prints, kept as small files to read: `tests/commands/*.trycmd`, each with its help, its texts and
//! its errors. After a change on purpose, `TRYCMD=overwrite cargo test --test commands` writes them anew; read the diff.
//!
//! A case `NAME.trycmd` runs in a copy of `NAME.in`, which stands for the root of a machine, where there is one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

#[test]
fn every_command_prints_what_its_file_says() {
    for entry in fs::read_dir("tests/commands").unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            write_for_owner_only(&path);
        }
    }
    trycmd::TestCases::new().case("tests/commands/*.trycmd").run();
}

/// A checkout has the modes that the umask of whoever made it left; the command refuses files that others may write.
fn write_for_owner_only(path: &Path) {
    let is_dir = path.is_dir();
    fs::set_permissions(path, Permissions::from_mode(if is_dir { 0o755 } else { 0o644 })).unwrap();
    if is_dir {
        fs::read_dir(path).unwrap().for_each(|entry| write_for_owner_only(&entry.unwrap().path()));
    }
}
