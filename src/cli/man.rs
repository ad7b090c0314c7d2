//! `hostbased man`: manual pages, from the arguments themselves.

mod sections;

use std::io;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use thiserror::Error;

use super::{Cli, Console, Outcome};
use crate::escape::escape;

/// Where the commands of an administrator are (man(1)).
const SECTION: &str = "8";

/// Print a manual page, or write all of them into a folder.
///
/// To read one at once: hostbased man enroll | man -l -. To install them: hostbased man --dir /usr/local/share/man/man8.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command that the page is for; without it, the page is for all of hostbased
    #[arg(value_name = "COMMAND", conflicts_with = "dir")]
    command: Vec<String>,

    /// Write hostbased.8 and a page for each command into this folder, in place of those there
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Why there is no manual page.
#[derive(Debug, Error)]
pub(super) enum ManError {
    /// Nothing has that name.
    #[error("there is no command \"{}\"\n`hostbased help` lists the commands", escape(.0))]
    NoCommand(String),
    /// A page cannot be written.
    #[error("{}: cannot write this page: {error}", escape(.path.as_os_str().as_encoded_bytes()))]
    Write {
        /// The page.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The output cannot be written.
    #[error("cannot go on: {0}")]
    Io(#[from] io::Error),
}

impl ManError {
    pub(super) fn io_kind(&self) -> io::ErrorKind {
        match self {
            Self::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        }
    }
}

/// Prints or writes pages. Always good.
///
/// # Errors
/// [`ManError`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, ManError> {
    let pages = pages();
    if let Some(dir) = &args.dir {
        for (name, command) in pages {
            let path = dir.join(format!("{name}.{SECTION}"));
            write(&path, &page(name, command)?).map_err(|error| ManError::Write { path, error })?;
        }
        return Ok(Outcome::Good);
    }
    let wanted = [&["hostbased".to_owned()], args.command.as_slice()].concat();
    let found = pages.into_iter().find(|(name, _)| *name == wanted.join("-"));
    let (name, command) = found.ok_or_else(|| ManError::NoCommand(args.command.join(" ")))?;
    console.text(&page(name, command)?)?;
    Ok(Outcome::Good)
}

/// Every page: its name, with `-` between the words of a command, and what it is about.
fn pages() -> Vec<(String, Command)> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    let mut waiting = vec![("hostbased".to_owned(), root)];
    while let Some((name, command)) = waiting.pop() {
        let inner = command.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
        // What says nothing of its own exit status has that of the command above it.
        let inner = inner.map(|inner| match (inner.get_after_help(), command.get_after_help()) {
            (None, Some(above)) => inner.after_help(above.clone()),
            _ => inner,
        });
        waiting.extend(inner.map(|inner| (format!("{name}-{}", inner.get_name()), inner)));
        pages.push((name, command));
    }
    pages
}

fn page(name: String, command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    let last = sections::last(&name, &command);
    // The synopsis says what is typed, with blanks; the page's name has none.
    let title = name.to_uppercase();
    let has_commands = command.get_subcommands().any(|inner| !inner.is_hide_set());
    let man = Man::new(command.display_name(name)).title(title).section(SECTION).date("");
    let man = man.source(concat!("hostbased ", env!("CARGO_PKG_VERSION"))).manual("SSH host-based authentication");
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    last.to_writer(&mut page)?;
    Ok(page)
}

#[allow(
    clippy::disallowed_methods,
    reason = "pages are no files that anything decides by: they need none of store's care"
)]
fn write(path: &Path, page: &[u8]) -> io::Result<()> {
    std::fs::write(path, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_its_options() {
        let pages = pages();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for command in Cli::command().get_subcommands() {
            let name = format!("hostbased-{}", command.get_name());
            assert!(names.contains(&name.as_str()), "{name}: {names:?}");
        }
        let (name, command) = pages.into_iter().find(|(name, _)| name == "hostbased-keyscan").unwrap();
        let text = String::from_utf8(page(name, command).unwrap()).unwrap();
        assert!(text.contains(".TH HOSTBASED-KEYSCAN 8"), "{text}");
        assert!(text.contains("\\-\\-max\\-hosts"), "{text}");
    }

    #[test]
    fn every_page_says_exit_status_files_and_where_to_go_on() {
        for (name, command) in pages() {
            let text = String::from_utf8(page(name.clone(), command).unwrap()).unwrap().replace("\\-", "-");
            let section = |title: &str| {
                let rest = text.split(&format!(".SH \"{title}\"\n")).nth(1);
                let rest = rest.or_else(|| text.split(&format!(".SH {title}\n")).nth(1))?;
                rest.split(".SH").next().map(str::to_owned)
            };
            let status = section("EXIT STATUS").unwrap_or_else(|| panic!("{name}: {text}"));
            for digit in 0..=2 {
                assert!(status.contains(&format!("\\fB{digit}\\fR\n")), "{name}: {status}");
            }
            assert!(!text.contains("Exit status:"), "{name}");
            let has_no_files = ["completions", "explain-id", "keyscan", "man"];
            let of_none = has_no_files.iter().any(|command| name == format!("hostbased-{command}"));
            assert_eq!(section("FILES").is_none(), of_none, "{name}");
            let see = section("SEE ALSO").unwrap();
            assert_eq!(see.contains("hostbased(8)"), name != "hostbased", "{name}: {see}");
            assert_eq!(see.contains("hostbased-shosts(8)"), name.starts_with("hostbased-shosts-"), "{name}: {see}");
            assert!(!see.contains("hostbased-explain(8)"), "{name}: {see}");
            assert!(see.contains("keysign(8)"), "{name}: {see}");
        }
    }
}
