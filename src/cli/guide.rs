//! The guides for sites, `docs/guide.md` and `docs/guide.ja.md`: what they tell to type is understood, and both tell the same.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use super::Cli;

const GUIDES: [(&str, &str); 2] = [
    ("docs/guide.md", include_str!("../../docs/guide.md")),
    ("docs/guide.ja.md", include_str!("../../docs/guide.ja.md")),
];

/// The lines of each block of code, without their indentation.
fn blocks(guide: &str) -> Vec<Vec<&str>> {
    let fences = guide.lines().map(str::trim_start).collect::<Vec<_>>();
    fences.split(|line| line.starts_with("```")).skip(1).step_by(2).map(<[&str]>::to_vec).collect()
}

/// The words of a command line of the shell: blanks between, single quotes.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('\'').enumerate();
    let marked: String =
        quoted.map(|(at, part)| if at % 2 == 1 { part.replace(' ', "\0") } else { part.to_owned() }).collect();
    marked.split_whitespace().map(|word| word.replace('\0', " ")).collect()
}

/// Our own commands in a line, each as its words.
fn commands(line: &str) -> Vec<Vec<String>> {
    let ours = line.split('|').map(words).filter(|words| words.first().is_some_and(|first| first == "hostbased"));
    ours.map(|words| words.into_iter().take_while(|word| !word.contains(['<', '>'])).collect()).collect()
}

#[test]
fn what_they_tell_to_type_is_understood() {
    for (path, guide) in GUIDES {
        let mut seen = 0;
        for command in blocks(guide).into_iter().flatten().flat_map(commands) {
            if let Err(error) = Cli::try_parse_from(&command) {
                panic!("{path}: {command:?}: {error}");
            }
            seen += 1;
        }
        assert!(seen > 25, "{path}: {seen}");
        // In the text a command may lack what it is about.
        let told =
            guide.split('`').skip(1).step_by(2).filter(|text| text.starts_with("hostbased ") && !text.contains('…'));
        for command in told.flat_map(commands) {
            if let Err(error) = Cli::try_parse_from(&command)
                && error.kind() != ErrorKind::MissingRequiredArgument
            {
                panic!("{path}: {command:?}: {error}");
            }
        }
        for command in Cli::command().get_subcommands() {
            let name = format!("hostbased {}", command.get_name());
            let is_said = guide.contains(&name);
            let is_not_for_sites = ["keyscan", "sshfp", "completions", "man"].contains(&command.get_name());
            assert_ne!(is_said, is_not_for_sites, "{path}: {name}");
        }
    }
}

#[test]
fn both_tell_the_same() {
    let [(_, english), (_, japanese)] = GUIDES;
    assert_eq!(blocks(english), blocks(japanese));
    let shape = |guide: &str| -> Vec<String> {
        let mut is_code = false;
        let mut shape = Vec::new();
        for line in guide.lines() {
            is_code ^= line.trim_start().starts_with("```");
            let start = line.split(' ').next().unwrap_or_default();
            let is_of_shape = start.starts_with('#') || ["|", "-", "1.", "2.", "3.", "4.", "5."].contains(&start);
            if is_of_shape && !is_code {
                shape.push(start.to_owned());
            }
        }
        shape
    };
    assert_eq!(shape(english), shape(japanese));
    // Links lead to the same places, but for headings, whose names are translated, and the other language.
    let links = |guide: &str| -> Vec<String> {
        let targets = guide.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.filter(|target| !target.starts_with('#') && !target.starts_with("guide")).map(str::to_owned).collect()
    };
    assert_eq!(links(english), links(japanese));
}
