//! Reading the file line by line. Lines and words are cut as those of ssh_config(5).

use std::path::Path;

use hostbased::key::{Algorithm, AlgorithmList, SignatureHash};

use super::Settings;
use super::error::{LineProblem, SettingsError};
use super::patterns::Patterns;
use crate::admin_file::{split_arguments, split_line};

/// The keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keyword {
    AcceptedAlgorithms,
    AllowUsers,
    AllowGroups,
    AllowServerUsers,
    StrictSandbox,
    Audit,
}

impl Keyword {
    /// The keyword with this name, which must be in lower case.
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"acceptedalgorithms" => Self::AcceptedAlgorithms,
            b"allowusers" => Self::AllowUsers,
            b"allowgroups" => Self::AllowGroups,
            b"allowserverusers" => Self::AllowServerUsers,
            b"strictsandbox" => Self::StrictSandbox,
            b"audit" => Self::Audit,
            _ => return None,
        })
    }

    /// Whether several lines add up.
    const fn adds_up(self) -> bool {
        matches!(self, Self::AllowUsers | Self::AllowGroups | Self::AllowServerUsers)
    }
}

/// A keyword that was read.
struct Read {
    keyword: Keyword,
    line: usize,
    name: Vec<u8>,
}

/// The settings that the file's bytes hold.
///
/// # Errors
/// [`SettingsError`], the first line that is wrong.
pub(super) fn read(path: &Path, bytes: &[u8]) -> Result<Settings, SettingsError> {
    let mut settings = Settings::default();
    let mut before: Vec<Read> = Vec::new();
    for (line, text) in (1_usize..).zip(bytes.split(|&byte| byte == b'\n')) {
        let mut name = Vec::new();
        match take_line(&mut settings, text, &before, &mut name) {
            Ok(None) => {}
            Ok(Some(keyword)) => before.push(Read { keyword, line, name }),
            Err(problem) => return Err(SettingsError::of_line(path, line, &name, problem)),
        }
    }
    // Only the whole file shows whether a list is of negated patterns alone.
    for Read { keyword, line, name } in &before {
        if settings.patterns(*keyword).is_some_and(|patterns| patterns.only_negate()) {
            return Err(SettingsError::of_line(path, *line, name, LineProblem::OnlyNegated));
        }
    }
    Ok(settings)
}

impl Settings {
    fn patterns(&mut self, keyword: Keyword) -> Option<&mut Patterns> {
        let patterns = match keyword {
            Keyword::AllowUsers => &mut self.allow_users,
            Keyword::AllowGroups => &mut self.allow_groups,
            Keyword::AllowServerUsers => &mut self.allow_server_users,
            Keyword::AcceptedAlgorithms | Keyword::StrictSandbox | Keyword::Audit => return None,
        };
        Some(patterns.get_or_insert_default())
    }
}

/// Takes one line; its keyword, none of a blank line or comment. `name` becomes the keyword, in lower case.
fn take_line(
    settings: &mut Settings,
    text: &[u8],
    before: &[Read],
    name: &mut Vec<u8>,
) -> Result<Option<Keyword>, LineProblem> {
    if text.contains(&0) {
        return Err(LineProblem::Nul);
    }
    let Some(line) = split_line(text).map_err(|_| LineProblem::OpenQuote)? else { return Ok(None) };
    name.clone_from(&line.keyword);
    let keyword = Keyword::from_name(&line.keyword).ok_or(LineProblem::UnknownKeyword)?;
    if let Some(first) = before.iter().find(|read| read.keyword == keyword && !keyword.adds_up()) {
        return Err(LineProblem::Twice(first.line));
    }
    let arguments = split_arguments(line.rest).map_err(|_| LineProblem::OpenQuote)?;
    if arguments.is_empty() {
        return Err(LineProblem::NoArgument);
    }
    match keyword {
        Keyword::AcceptedAlgorithms => settings.accepted_algorithms = algorithms(one(&arguments)?)?,
        Keyword::StrictSandbox => settings.strict_sandbox = flag(one(&arguments)?)?,
        Keyword::Audit => settings.audit = flag(one(&arguments)?)?,
        Keyword::AllowUsers | Keyword::AllowGroups | Keyword::AllowServerUsers => {
            for word in &arguments {
                settings.patterns(keyword).map_or(Ok(()), |patterns| patterns.add(word))?;
            }
        }
    }
    Ok(Some(keyword))
}

/// The only argument.
fn one(arguments: &[Vec<u8>]) -> Result<&[u8], LineProblem> {
    match arguments {
        [] => Err(LineProblem::NoArgument),
        [argument] => Ok(argument),
        [_, second, ..] => Err(LineProblem::ExtraArgument(second.clone())),
    }
}

/// Yes or no, and what OpenSSH takes for them (readconf.c `multistate_flag`).
fn flag(argument: &[u8]) -> Result<bool, LineProblem> {
    match &argument.to_ascii_lowercase()[..] {
        b"yes" | b"true" => Ok(true),
        b"no" | b"false" => Ok(false),
        _ => Err(LineProblem::Flag(argument.to_vec())),
    }
}

/// A list as HostbasedAcceptedAlgorithms of sshd_config(5) has it. SHA-1 is never signed by: a list that names it asks for
/// what cannot be had, and a pattern that also fits it does not mean it.
fn algorithms(argument: &[u8]) -> Result<AlgorithmList, LineProblem> {
    let sha1 = |algorithm: &Algorithm| algorithm.hash() == SignatureHash::Sha1;
    let text = String::from_utf8_lossy(argument);
    let list = AlgorithmList::parse(&text, &AlgorithmList::hostbased_default())?;
    if !text.starts_with('-') {
        let names = text.trim_start_matches(['+', '^']).split(',');
        if let Some(named) = names.filter_map(|name| Algorithm::from_name(name.as_bytes())).find(sha1) {
            return Err(LineProblem::NeverSigned(named.name()));
        }
    }
    Ok(list.iter().filter(|algorithm| !sha1(algorithm)).collect())
}
