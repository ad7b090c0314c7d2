//! `docs/keysign-tests.md` against the sources: every test that is named there, or in SECURITY.md, exists, and every attack
//! is named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keysign-tests.md");

const SECURITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../SECURITY.md");

/// Where the table's short names of folders lead.
const FOLDERS: [(&str, &str); 5] = [
    ("attacks/", "tests/helper/attacks/"),
    ("helper/", "tests/helper/"),
    ("openssh/", "../tests/openssh/"),
    ("src/", "src/"),
    ("tests/", "tests/"),
];

/// `file::test`, as the table has it.
type Name = (String, String);

/// The tests that a text names: what stands between backticks and has `.rs::` in it.
fn named(text: &str) -> BTreeSet<Name> {
    let quoted = text.split('`').skip(1).step_by(2);
    let pairs = quoted.filter_map(|word| word.split_once(".rs::"));
    pairs.map(|(file, test)| (format!("{file}.rs"), test.to_owned())).collect()
}

fn path_of(file: &str) -> Option<PathBuf> {
    let (short, long) = FOLDERS.iter().find(|(short, _)| file.starts_with(short))?;
    Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(long).join(&file[short.len()..]))
}

/// The tests in a source.
fn tests_in(source: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("fn ").filter(|_| marked) {
            tests.insert(rest.split('(').next().unwrap().to_owned());
        }
        marked = line == "#[test]" || (marked && line.starts_with("#["));
    }
    tests
}

#[test]
fn every_test_that_is_named_exists() {
    let texts = [TABLE, SECURITY].map(|path| fs::read_to_string(path).unwrap());
    let [table, security] = texts.map(|text| named(&text));
    assert!(table.len() > 60 && security.len() > 12, "{} {}", table.len(), security.len());
    let named: BTreeSet<_> = table.union(&security).collect();
    let missing: Vec<_> = named
        .iter()
        .filter(|(file, test)| {
            let source = path_of(file).and_then(|path| fs::read_to_string(path).ok());
            !source.is_some_and(|source| tests_in(&source).contains(test.rsplit("::").next().unwrap()))
        })
        .collect();
    assert!(missing.is_empty(), "docs/keysign-tests.md or SECURITY.md names tests that there are not: {missing:#?}");
}

/// Each row has a test, or a word on why there is none.
#[test]
fn every_row_has_a_test() {
    let table = fs::read_to_string(TABLE).unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let (mut ids, mut empty) = (BTreeSet::new(), Vec::new());
    let mut count = 0;
    for row in rows {
        count += 1;
        let id = row.split('`').nth(1).unwrap();
        assert!(ids.insert(id.to_owned()), "two rows: {id}");
        let last = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        if named(last).is_empty() && !last.starts_with("none: ") {
            empty.push(id);
        }
    }
    assert!(count > 60, "{count}");
    assert!(empty.is_empty(), "{empty:?}");
}

#[test]
fn every_attack_has_a_row() {
    let named = named(&fs::read_to_string(TABLE).unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/helper/attacks");
    let mut without = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap().to_owned();
        // Not the tests of the tests.
        if path.extension().is_none_or(|extension| extension != "rs") || ["trace.rs", "table.rs"].contains(&&*file) {
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let attacks = source.split("\nmod tests {").next().unwrap();
        let file = format!("attacks/{file}");
        without.extend(tests_in(attacks).into_iter().filter(|test| !named.contains(&(file.clone(), test.clone()))));
    }
    assert!(without.is_empty(), "docs/keysign-tests.md has no row for {without:#?}");
}

mod tests {
    use super::*;

    #[test]
    fn names_and_tests_are_found() {
        let names = named("| `a` | b `x/y.rs::z`, `f.rs::m::n` | `c::d` |");
        let name = |file: &str, test: &str| (file.to_owned(), test.to_owned());
        assert_eq!(names, BTreeSet::from([name("x/y.rs", "z"), name("f.rs", "m::n")]));
        let tests = tests_in(
            "#[test]\nfn one() {\n#[test]\n#[ignore]\n    fn two() {\nfn helper() {\n// #[test]\nfn three() {",
        );
        assert_eq!(tests, BTreeSet::from(["one".to_owned(), "two".to_owned()]));
        assert_eq!(path_of("elsewhere/x.rs"), None);
    }
}
