//! keysign(8) and keysign.conf(5) in `packaging/man`, which are written by hand: nothing that the program knows is missing
//! there, and nothing stands there that it does not know.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../packaging/man/keysign.8");
const SETTINGS_PAGE: &str = include_str!("../../../packaging/man/keysign.conf.5");
const DOCUMENTATION: &str = include_str!("../../../docs/keysign.md");

/// The words in backquotes of the first column of a table that stands below this heading.
fn column(heading: &str) -> BTreeSet<String> {
    let section = DOCUMENTATION.split(heading).nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|line| line.split(" | ").next());
    cells.flat_map(|cell| cell.split(", `")).filter_map(|word| word.split('`').next()).map(str::to_owned).collect()
}

/// The texts of macro lines: `.It Ic a , b` gives `a` and `b`.
fn macros<'a>(page: &'a str, start: &str) -> Vec<&'a str> {
    page.lines().filter_map(|line| line.strip_prefix(start)).flat_map(|line| line.split(" , ")).collect()
}

/// What stands in quotes after these words, in a source.
fn quoted<'a>(source: &'a str, before: &str, quote: &str) -> BTreeSet<&'a str> {
    source.split(before).skip(1).filter_map(|rest| rest.split(quote).next()).collect()
}

#[test]
fn each_code_of_the_log_is_in_the_page() {
    let in_page: BTreeSet<String> = macros(PAGE, ".It Ic ").into_iter().map(str::to_owned).collect();
    let mut known = column("## Codes of refusals");
    known.insert("signed".to_owned());
    assert!(known.len() > 35, "{known:?}");
    assert_eq!(in_page, known);
    // And the program has no others, but for two: what ends it while it is root, and when nobody takes the reply.
    let refusal = include_str!("../../src/refusal.rs");
    let codes = refusal.split("fn code(").nth(1).unwrap().split("fn names_program").next().unwrap();
    let codes: BTreeSet<&str> = quoted(codes, "=> \"", "\"");
    assert!(codes.len() > 20, "{codes:?}");
    let missing: Vec<_> = codes.into_iter().filter(|&code| !in_page.contains(code)).collect();
    assert_eq!(missing, ["environment", "privileges", "reply-not-taken"]);
    for code in quoted(include_str!("../../src/descriptor.rs"), "=> \"descriptor-", "\"") {
        assert!(in_page.contains(&format!("descriptor-{code}")), "{code}");
    }
}

#[test]
fn each_keyword_is_in_the_page_with_its_default() {
    let in_page: Vec<&str> =
        macros(SETTINGS_PAGE, ".It Ic ").into_iter().map(|text| text.split(' ').next().unwrap()).collect();
    let sorted: BTreeSet<String> = in_page.iter().map(|&keyword| keyword.to_owned()).collect();
    assert_eq!(sorted, column("| keyword | default | means |").into_iter().collect());
    let names = quoted(include_str!("../../src/settings/reader.rs"), "            b\"", "\" => Self::");
    assert_eq!(
        sorted.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>(),
        names.iter().map(|&name| name.to_owned()).collect()
    );
    for keyword in in_page {
        let text = SETTINGS_PAGE.split(&format!(".It Ic {keyword} ")).nth(1).unwrap();
        assert!(text.split(".It ").next().unwrap().contains("default"), "{keyword}");
    }
}

#[test]
fn each_file_and_status_is_in_the_page() {
    let files: BTreeSet<&str> = macros(PAGE, ".It Pa ").into_iter().collect();
    for (source, file) in [
        (include_str!("../../src/settings/mod.rs"), "/etc/ssh/keysign.conf"),
        (include_str!("../../src/key_files/mod.rs"), "/etc/ssh/keysign.keys.d"),
        (include_str!("../../src/key_files/mod.rs"), "/etc/ssh/ssh_host_ed25519_key"),
        (include_str!("../../src/key_files/mod.rs"), "/etc/ssh/ssh_host_ecdsa_key"),
        (include_str!("../../src/key_files/mod.rs"), "/etc/ssh/ssh_host_rsa_key"),
        (include_str!("../../src/enabled.rs"), "/etc/ssh/ssh_config"),
        (include_str!("../../src/audit/counter.rs"), "keysign.unlogged"),
        (include_str!("../../src/audit/mod.rs"), "/run/systemd/journal/socket"),
        (include_str!("../../src/audit/mod.rs"), "/dev/log"),
    ] {
        assert!(source.contains(file), "the program does not know {file}");
        assert!(files.iter().any(|named| named.ends_with(file)), "{file}: {files:?}");
    }
    assert_eq!(files.len(), 9, "{files:?}");
    assert!(include_str!("../../src/die.rs").contains("REFUSED: i32 = 255"));
    let statuses = PAGE.split(".Sh EXIT STATUS").nth(1).unwrap().split(".Sh ").next().unwrap();
    assert_eq!(macros(statuses, ".It "), ["0", "255"]);
    // The line by which journald finds the log.
    let id = PAGE.split("MESSAGE_ID=").nth(1).unwrap().lines().next().unwrap();
    assert!(DOCUMENTATION.contains(&format!("MESSAGE_ID={id}")), "{id}");
}
