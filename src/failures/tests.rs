use std::collections::BTreeSet;

use super::*;
use crate::severity::Severity;

fn entries() -> impl Iterator<Item = &'static Entry> {
    Id::ALL.iter().map(|&id| Entry::of(id))
}

fn texts(entry: &'static Entry) -> Vec<&'static str> {
    let steps = entry.mend.iter().flat_map(|step| match *step {
        Step::Say(text) | Step::Root(text) | Step::User(text) => vec![text],
        Step::Line { file, text } => vec![file, text],
    });
    let Entry { title, symptom, cause, check, source, releases, .. } = *entry;
    [title, symptom, cause, check, source].into_iter().chain(releases).chain(steps).collect()
}

#[test]
fn each_entry_is_that_of_its_id() {
    for &id in Id::ALL {
        assert_eq!(Entry::of(id).id, id);
    }
    let titles: BTreeSet<&str> = entries().map(|entry| entry.title).collect();
    assert_eq!(titles.len(), Id::ALL.len(), "a title twice");
}

#[test]
fn texts_are_plain_and_whole() {
    for entry in entries() {
        let id = entry.id;
        for text in texts(entry) {
            assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{id}: {text}");
            assert!(!text.is_empty() && !text.contains("  ") || text.starts_with("    "), "{id}: {text}");
            assert_eq!(text.matches('`').count() % 2, 0, "{id}: {text}");
        }
        assert!(entry.title.len() <= 90 && !entry.title.ends_with('.'), "{id}: {}", entry.title);
        for text in [entry.symptom, entry.cause, entry.check, entry.source] {
            assert!(text.ends_with(['.', '`']), "{id}: {text}");
        }
        assert!(matches!(entry.mend.first(), Some(Step::Say(_))), "{id}: a mend begins with words");
        assert!(entry.severity >= Severity::Warning, "{id}");
    }
}

/// Words with two hyphens or more in the prose name other entries, or findings of `lint` and `check`.
#[test]
fn entries_named_in_texts_exist() {
    const OTHERS: &[&str] = &["00-complianceascode-hardening", "ecdh-sha2-nistp384", "rsa-sha2-256", "rsa-sha2-512"];
    let mut known: BTreeSet<&str> = Id::ALL.iter().map(|id| id.word()).collect();
    known.extend(crate::lint::Code::ALL.iter().map(|code| code.word()));
    known.extend(crate::dns::Code::ALL.iter().map(|code| code.word()));
    let mut named = 0;
    for entry in entries() {
        let steps = entry.mend.iter().filter_map(|step| match step {
            Step::Say(text) => Some(*text),
            _ => None,
        });
        for text in [entry.symptom, entry.cause, entry.check].into_iter().chain(entry.releases).chain(steps) {
            let prose: String = text.split('`').step_by(2).collect();
            let words = prose.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            for word in words.filter(|word| word.trim_matches('-').matches('-').count() >= 2 && !OTHERS.contains(word))
            {
                if word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.starts_with("forced-commands") {
                    assert!(known.contains(word), "{}: {word}", entry.id);
                    named += 1;
                }
            }
        }
    }
    assert!(named > 40, "{named}");
}
