//! What each command prints, kept as small files to read: `tests/commands/*.trycmd`, each with its help, its texts and
//! its errors. After a change on purpose, `TRYCMD=overwrite cargo test --test commands` writes them anew; read the diff.
//!
//! A case `NAME.trycmd` runs in a copy of `NAME.in`, which stands for the root of a machine, where there is one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and read files"
)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

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

/// Each field that a command prints stands in its section of docs/json.md, or in the one on what several commands share.
#[test]
fn every_field_is_documented() {
    let docs = fs::read_to_string("docs/json.md").unwrap();
    let mut seen = 0;
    for entry in fs::read_dir("tests/commands").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "trycmd") {
            continue;
        }
        let mut command = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            if let Some(typed) = line.strip_prefix("$ hostbased ") {
                command = typed.split(' ').next().unwrap().to_owned();
            } else if line.starts_with("{\"") {
                seen += 1;
                let fields = [section(&docs, &command), section(&docs, "Shared")].concat();
                let value: Value =
                    serde_json::from_str(line).unwrap_or_else(|error| panic!("{path:?}: {error}: {line}"));
                for field in fields_of(&value) {
                    assert!(
                        fields.contains(&format!("`{field}`")),
                        "{path:?}: {field} of {command} is not in docs/json.md"
                    );
                }
            }
        }
    }
    assert!(seen > 0);
}

#[test]
fn every_code_is_documented() {
    let docs = fs::read_to_string("docs/codes.md").unwrap();
    let checks = hostbased::dns::Code::ALL.iter().map(|code| code.word());
    let lints = hostbased::lint::Code::ALL.iter().map(|code| code.word());
    for code in checks.chain(lints) {
        assert!(docs.contains(&format!("| `{code}`")) || docs.contains(&format!(", `{code}`")), "{code}");
    }
}

#[test]
fn the_catalogue_is_written_down() {
    let page = fs::read_to_string("docs/failures.md").unwrap();
    assert!(
        page == hostbased::failures::markdown(),
        "docs/failures.md is not what the table says now: cargo run -- explain-id --markdown >docs/failures.md"
    );
}

/// What stands below the heading with this command.
fn section(docs: &str, heading: &str) -> String {
    docs.split("\n## ")
        .find(|section| section.lines().next().is_some_and(|line| line.split(", ").any(|word| word == heading)))
        .unwrap_or_default()
        .to_owned()
}

/// The names of all fields, inner ones too.
fn fields_of(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| [vec![name.clone()], fields_of(value)].concat()).collect()
        }
        Value::Array(values) => values.iter().flat_map(fields_of).collect(),
        _ => Vec::new(),
    }
}

/// A checkout has the modes that the umask of whoever made it left; the command refuses files that others may write.
fn write_for_owner_only(path: &Path) {
    let is_dir = path.is_dir();
    fs::set_permissions(path, Permissions::from_mode(if is_dir { 0o755 } else { 0o644 })).unwrap();
    if is_dir {
        fs::read_dir(path).unwrap().for_each(|entry| write_for_owner_only(&entry.unwrap().path()));
    }
}
