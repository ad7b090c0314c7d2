//! The catalogue as a page: `docs/failures.md`.

use std::fmt::{self, Write};

use super::triage::SIGNS;
use super::wrap::wrapped;
use super::{Entry, Id, Step};

/// How long a line of prose is, at most.
const WIDTH: usize = 118;

/// Headings, each with the number of its first entry.
const SECTIONS: &[(u16, &str)] = &[
    (1, "The client's configuration"),
    (15, "The helper and its privilege"),
    (29, "The client's host keys"),
    (35, "Algorithms and attempts"),
    (47, "The server's configuration, and the account"),
    (62, "Names and addresses"),
    (81, "shosts.equiv and .shosts"),
    (99, "The client's keys on the server"),
    (108, "Host certificates"),
    (112, "Around hostbased"),
    (116, "What works and is dangerous"),
    (123, "Broken releases"),
];

const START: &str = "\
# How hostbased logins fail

The catalogue of `hostbased`: every way in which host-based authentication is known to fail, and some in which it works and
should not. `hostbased doctor client` and `hostbased doctor server` look for them before anybody logs in, `hostbased doctor
--log FILE` reads them from the output of `ssh -v` and from sshd's log, and `hostbased explain-id ID` prints one entry. Words
and numbers stay from release to release; texts may change.

Where no tool is at hand: run `ssh -v -o PreferredAuthentications=hostbased -o BatchMode=yes -S none SERVER true` as the user,
once, because failed logins add up to penalties on the server (sshd_config(5), PerSourcePenalties); take the line that
fits from the table below; and see what the entries say of how to see it beforehand. On the server, do not stop the daemon:
a second one in the foreground (`$(command -v sshd) -ddd -p 2222`) serves one connection and tells everything.

In examples the client is node1.example.org with the address 10.77.0.1, the server srv.example.org with 10.77.0.2, the user
alice. A command behind `#` is for root, one behind `$` for the user. Paths are Debian's: elsewhere ssh-keysign is in
/usr/libexec/openssh, /usr/lib/ssh or /usr/libexec. An error makes logins fail, or gives a way in that nobody meant; a
warning works, and is fragile or dangerous.

This page is generated: `hostbased explain-id --markdown >docs/failures.md`.

## What is seen
";

/// The whole catalogue in Markdown.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::new();
    // A String takes all that is written.
    let _ = write_page(&mut page);
    page
}

fn write_page(page: &mut String) -> fmt::Result {
    writeln!(page, "{START}\n| seen | means | entries |\n|---|---|---|")?;
    for sign in SIGNS {
        let ids: Vec<String> = sign.ids.iter().map(|&id| link(id)).collect();
        writeln!(page, "| {} | {} | {} |", sign.seen, sign.means, ids.join(", "))?;
    }
    for &id in Id::ALL {
        if let Some((_, heading)) = SECTIONS.iter().find(|(first, _)| *first == id.number()) {
            writeln!(page, "\n## {heading}")?;
        }
        write_entry(page, Entry::of(id))?;
    }
    Ok(())
}

fn write_entry(page: &mut String, entry: &Entry) -> fmt::Result {
    let Entry { id, side, severity, title, symptom, cause, check, mend, source, releases } = entry;
    writeln!(page, "\n### {id}\n\n**{title}.** Number {}, {}, {}.\n", id.number(), side.word(), severity.word())?;
    write_item(page, "Seen", symptom)?;
    write_item(page, "Cause", cause)?;
    write_item(page, "Check", check)?;
    let mut is_open = false;
    let mut file_before = None;
    for step in *mend {
        let (file, line) = match step {
            Step::Say(text) => {
                write_item(page, "Mend", text)?;
                continue;
            }
            Step::Root(command) => (None, format!("# {command}")),
            Step::User(command) => (None, format!("$ {command}")),
            Step::Line { file, text } => (Some(*file), (*text).to_owned()),
        };
        if is_open && file != file_before {
            writeln!(page, "  ```")?;
            is_open = false;
        }
        if !is_open {
            match file {
                Some(file) => writeln!(page, "\n  In {file}:\n\n  ```")?,
                None => writeln!(page, "\n  ```")?,
            }
            is_open = true;
        }
        writeln!(page, "  {line}")?;
        file_before = file;
    }
    if is_open {
        writeln!(page, "  ```\n")?;
    }
    if let Some(releases) = releases {
        write_item(page, "Releases", releases)?;
    }
    write_item(page, "Source", source)
}

fn write_item(page: &mut String, heading: &str, text: &str) -> fmt::Result {
    let text = format!("- *{heading}:* {}", linked(text));
    for (number, line) in wrapped(&text, WIDTH).into_iter().enumerate() {
        let indent = if number == 0 { "" } else { "  " };
        writeln!(page, "{indent}{line}")?;
    }
    Ok(())
}

/// The text with its words that are ids as links to them, where they do not stand in backquotes.
fn linked(text: &str) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut linked = String::with_capacity(text.len());
    for (number, part) in text.split('`').enumerate() {
        if number > 0 {
            linked.push('`');
        }
        if number.is_multiple_of(2) {
            for piece in part.split_inclusive(|c| !is_of_word(c)) {
                let word = piece.trim_end_matches(|c| !is_of_word(c));
                let rest = piece.strip_prefix(word).unwrap_or_default();
                match word.parse::<Id>() {
                    Ok(id) if id.word() == word => linked.push_str(&link(id)),
                    _ => linked.push_str(word),
                }
                linked.push_str(rest);
            }
        } else {
            linked.push_str(part);
        }
    }
    linked
}

fn link(id: Id) -> String {
    format!("[{id}](#{id})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_prose_are_links_and_others_are_not() {
        assert_eq!(linked("as no-ptr, `no-ptr` and no-ptrs"), "as [no-ptr](#no-ptr), `no-ptr` and no-ptrs");
        assert_eq!(linked("64 or (no-ptr)"), "64 or ([no-ptr](#no-ptr))");
    }

    #[test]
    fn every_entry_and_section_is_there_and_no_line_of_prose_begins_a_block() {
        let page = markdown();
        for &id in Id::ALL {
            assert_eq!(page.matches(&format!("\n### {id}\n")).count(), 1, "{id}");
        }
        for (_, heading) in SECTIONS {
            assert!(page.contains(&format!("\n## {heading}\n")), "{heading}");
        }
        let mut is_code = false;
        for line in page.lines() {
            is_code ^= line == "  ```";
            let is_continued = line.starts_with("  ") && !is_code && line != "  ```";
            let starts_block = |text: &str| {
                let first = text.split(' ').next().unwrap_or_default();
                let is_number = first.strip_suffix(['.', ')']).is_some_and(|number| number.parse::<u32>().is_ok());
                text.starts_with(['-', '+', '#', '>', '|', '=']) || is_number
            };
            assert!(!is_continued || !starts_block(line.trim_start()), "{line}");
        }
        assert!(!is_code);
    }

    #[test]
    fn every_sign_has_entries() {
        assert!(SIGNS.iter().all(|sign| !sign.ids.is_empty() && !sign.seen.contains('|') && !sign.means.contains('|')));
    }
}
