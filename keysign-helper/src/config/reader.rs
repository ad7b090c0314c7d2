//! Reading files line by line, and what each line does.

use std::io;
use std::path::Path;

use hostbased::escape::escape;
use hostbased::pattern::{Case, ListMatch, matches_list};

use super::criteria::{host_applies, match_applies};
use super::include;
use super::keywords::Keyword;
use super::problem::{ConfigError, LineProblem};
use super::settings::{Applies, Setting, Settings};
use super::{MAX_BYTES, Surroundings};
use crate::admin_file::{self, FileProblem, is_chosen_by, reason, shown, split_arguments, split_line};

/// Deepest nesting of included files (OpenSSH: readconf.c `READCONF_MAX_DEPTH`).
const MAX_DEPTH: usize = 16;

/// Reads the main file and what it includes.
pub(super) struct Reader<'a> {
    surroundings: &'a Surroundings<'a>,
    settings: Settings,
}

/// A file that is being read.
struct Place<'a> {
    path: &'a Path,
    depth: usize,
    /// No block of this file counts more than the block that includes it.
    ceiling: Applies,
}

/// What stops a line.
enum Stop {
    /// This line is wrong; the others are looked at too.
    Line(LineProblem),
    /// Reading ends.
    Whole(ConfigError),
}

impl From<LineProblem> for Stop {
    fn from(problem: LineProblem) -> Self {
        Self::Line(problem)
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(surroundings: &'a Surroundings<'a>) -> Self {
        Self { surroundings, settings: Settings::new() }
    }

    /// Reads the main file: the value of EnableSSHKeysign.
    pub(super) fn read(mut self, path: &Path, bytes: &[u8]) -> Result<Option<bool>, ConfigError> {
        self.file(&Place { path, depth: 0, ceiling: Applies::Yes }, bytes)?;
        Ok(self.settings.enabled)
    }

    fn file(&mut self, place: &Place<'_>, bytes: &[u8]) -> Result<(), ConfigError> {
        let mut applies = place.ceiling;
        let mut bad = Vec::new();
        for (number, text) in (1_usize..).zip(bytes.split(|&byte| byte == b'\n')) {
            let mut keyword = Vec::new();
            match self.line(text, place, number, &mut applies, &mut keyword) {
                Ok(()) => {}
                Err(Stop::Line(problem)) => bad.push((number, keyword, problem)),
                Err(Stop::Whole(error)) => return Err(error),
            }
        }
        ConfigError::lines(place.path, &bad).map_or(Ok(()), Err)
    }

    fn line(
        &mut self,
        text: &[u8],
        place: &Place<'_>,
        number: usize,
        applies: &mut Applies,
        shown_keyword: &mut Vec<u8>,
    ) -> Result<(), Stop> {
        if text.contains(&0) {
            return Err(LineProblem::Nul.into());
        }
        let Some(line) = split_line(text).map_err(|_| LineProblem::InvalidQuotes)? else { return Ok(()) };
        shown_keyword.clone_from(&line.keyword);
        if line.rest.is_empty() {
            return Err(LineProblem::NoArgument.into());
        }
        let Some(keyword) = Keyword::from_name(&line.keyword) else {
            return self.unknown(&line.keyword, line.rest);
        };
        let arguments = split_arguments(line.rest).map_err(|_| LineProblem::InvalidQuotes)?;
        match keyword {
            Keyword::Host => {
                if arguments.iter().any(Vec::is_empty) {
                    return Err(LineProblem::EmptyArgument.into());
                }
                *applies = host_applies(&arguments).min(place.ceiling);
            }
            Keyword::Match => {
                let own = match_applies(&arguments, &self.settings, self.surroundings.account);
                *applies = own.map_err(LineProblem::from)?.min(place.ceiling);
            }
            Keyword::Include => {
                for argument in &arguments {
                    self.include(argument, place, *applies)?;
                }
            }
            Keyword::EnableSshKeysign => self.settings.offer_enabled(*applies, flag(&arguments)?),
            Keyword::SessionType => self.settings.session_type.offer(*applies, session_type(&arguments)?),
            Keyword::IgnoreUnknown => self.settings.ignore_unknown.offer(*applies, one(&arguments)?),
            Keyword::User => self.settings.user.offer(*applies, one(&arguments)?),
            Keyword::Hostname => self.settings.hostname.offer(*applies, one(&arguments)?),
            Keyword::Tag => self.settings.tag.offer(*applies, one(&arguments)?),
            Keyword::RefuseConnection => {
                let message = escape(one(&arguments)?).to_string();
                if *applies != Applies::No {
                    let file = shown(place.path);
                    return Err(Stop::Whole(ConfigError::RefuseConnection { file, line: number, message }));
                }
            }
            Keyword::Other => {}
        }
        Ok(())
    }

    /// A keyword that is not in the table: fine when IgnoreUnknown names it.
    fn unknown(&self, keyword: &[u8], rest: &[u8]) -> Result<(), Stop> {
        let ignored = match &self.settings.ignore_unknown {
            Setting::Set(list) => matches_list(keyword, list, Case::Fold) == ListMatch::Yes,
            Setting::Unset | Setting::Unsure => false,
        };
        if !ignored {
            return Err(LineProblem::UnknownKeyword.into());
        }
        split_arguments(rest).map_err(|_| LineProblem::InvalidQuotes)?;
        Ok(())
    }

    fn include(&mut self, argument: &[u8], place: &Place<'_>, applies: Applies) -> Result<(), Stop> {
        for path in include::files(argument, &self.settings, self.surroundings)? {
            let depth = place.depth.saturating_add(1);
            if depth > MAX_DEPTH {
                return Err(Stop::Whole(ConfigError::TooDeep));
            }
            let Surroundings { owner, uid, .. } = *self.surroundings;
            let content = match admin_file::read(&path, &[owner, uid], MAX_BYTES) {
                Ok(content) => content,
                // A link to nowhere, or a file that went away just now.
                Err(FileProblem::Io(error)) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(FileProblem::Io(error)) => {
                    return Err(LineProblem::Include { file: shown(&path), reason: reason(&error) }.into());
                }
                Err(problem) => return Err(Stop::Whole(ConfigError::file(&path, &problem))),
            };
            // The caller's own file is not the administrator's word; nor is one of root's that the caller chose.
            let trust =
                if content.owner == owner && is_chosen_by(&path, owner) { Applies::Yes } else { Applies::Unsure };
            let inner = Place { path: &path, depth, ceiling: applies.min(trust) };
            self.file(&inner, &content.bytes).map_err(Stop::Whole)?;
        }
        Ok(())
    }
}

/// The only argument.
fn one(arguments: &[Vec<u8>]) -> Result<&[u8], LineProblem> {
    match arguments {
        [] => Err(LineProblem::MissingArgument),
        [argument, ..] if argument.is_empty() => Err(LineProblem::MissingArgument),
        [argument] => Ok(argument),
        _ => Err(LineProblem::ExtraArguments),
    }
}

/// The only argument, which is yes or no (OpenSSH: readconf.c `multistate_flag`).
fn flag(arguments: &[Vec<u8>]) -> Result<bool, LineProblem> {
    let first = arguments.first().filter(|first| !first.is_empty()).ok_or(LineProblem::MissingFlag)?;
    let value = match &first.to_ascii_lowercase()[..] {
        b"yes" | b"true" => true,
        b"no" | b"false" => false,
        _ => return Err(LineProblem::UnsupportedOption(first.clone())),
    };
    one(arguments).map(|_| value)
}

/// The only argument, as `Match sessiontype` has it.
fn session_type(arguments: &[Vec<u8>]) -> Result<&'static [u8], LineProblem> {
    let first = arguments.first().filter(|first| !first.is_empty()).ok_or(LineProblem::MissingFlag)?;
    let value: &[u8] = match &first.to_ascii_lowercase()[..] {
        b"none" => b"none",
        b"subsystem" => b"subsystem",
        b"default" => b"shell",
        _ => return Err(LineProblem::UnsupportedOption(first.clone())),
    };
    one(arguments).map(|_| value)
}
