//! `Host` and `Match` lines, as they come out for the helper: the host name is empty, no command is asked for
//! (OpenSSH: readconf.c `match_cfg_line`; ssh-keysign.c passes "" for all three).

use hostbased::pattern::{Case, ListMatch, matches, matches_list};
use thiserror::Error;

use super::settings::{Applies, Setting, Settings};

/// The host name that the helper matches with.
const HOST: &[u8] = b"";

/// Why a `Match` line is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum MatchProblem {
    #[error("'all' cannot be combined with other Match attributes")]
    AllCombined,
    #[error("missing argument for Match")]
    MissingArgument,
    #[error("One or more attributes required for Match")]
    NoAttributes,
    #[error("Unsupported Match attribute")]
    Unsupported,
}

/// Whether a `Host` block applies.
pub(super) fn host_applies(patterns: &[Vec<u8>]) -> Applies {
    let mut applies = Applies::No;
    for pattern in patterns {
        let (negated, pattern) = match pattern.strip_prefix(b"!") {
            Some(pattern) => (true, pattern),
            None => (false, &pattern[..]),
        };
        if matches(HOST, pattern) {
            if negated {
                return Applies::No;
            }
            applies = Applies::Yes;
        }
    }
    applies
}

/// Whether a `Match` block applies.
///
/// Never evaluated, and so unsure: `exec` (it runs a shell that the caller names), `localnetwork` and `version`.
/// `final` and `canonical` never apply, for the helper reads its file once.
pub(super) fn match_applies(words: &[Vec<u8>], settings: &Settings, account: &[u8]) -> Result<Applies, MatchProblem> {
    let mut result = Applies::Yes;
    let mut attributes = 0_usize;
    let mut words = words.iter().map(Vec::as_slice);
    while let Some(word) = words.next() {
        if word.starts_with(b"#") {
            break;
        }
        let (negated, word) = match word.strip_prefix(b"!") {
            Some(word) => (true, word),
            None => (false, word),
        };
        if word.eq_ignore_ascii_case(b"all") {
            let alone = words.next().is_none_or(|next| next.is_empty() || next.starts_with(b"#"));
            if attributes > 1 || !alone {
                return Err(MatchProblem::AllCombined);
            }
            return Ok(result.min(Applies::from(!negated)));
        }
        attributes = attributes.saturating_add(1);
        if word.eq_ignore_ascii_case(b"final") || word.eq_ignore_ascii_case(b"canonical") {
            result = result.min(Applies::No.negate_if(negated));
            continue;
        }
        let (attribute, argument) = match split_equals(word) {
            Some(both) => both,
            None => (word, words.next().ok_or(MatchProblem::MissingArgument)?),
        };
        let attribute = Attribute::from_name(attribute).ok_or(MatchProblem::Unsupported)?;
        if argument.starts_with(b"#") || (argument.is_empty() && !attribute.may_be_empty()) {
            return Err(MatchProblem::MissingArgument);
        }
        result = result.min(attribute.applies(argument, settings, account).negate_if(negated));
    }
    if attributes == 0 { Err(MatchProblem::NoAttributes) } else { Ok(result) }
}

/// `user=alice` in one word, for the attributes that OpenSSH takes it for.
fn split_equals(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = word.iter().position(|&byte| byte == b'=')?;
    let (attribute, argument) = word.split_at_checked(at)?;
    match Attribute::from_name(attribute)? {
        Attribute::SessionType => None,
        _ => Some((attribute, argument.get(1..)?)),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attribute {
    Host,
    OriginalHost,
    User,
    LocalUser,
    Tagged,
    Command,
    SessionType,
    /// One that is never evaluated here.
    Unevaluated,
}

impl Attribute {
    fn from_name(name: &[u8]) -> Option<Self> {
        Some(match &name.to_ascii_lowercase()[..] {
            b"host" => Self::Host,
            b"originalhost" => Self::OriginalHost,
            b"user" => Self::User,
            b"localuser" => Self::LocalUser,
            b"tagged" => Self::Tagged,
            b"command" => Self::Command,
            b"sessiontype" => Self::SessionType,
            b"exec" | b"localnetwork" | b"version" => Self::Unevaluated,
            _ => return None,
        })
    }

    const fn may_be_empty(self) -> bool {
        matches!(self, Self::Tagged | Self::Command)
    }

    fn applies(self, list: &[u8], settings: &Settings, account: &[u8]) -> Applies {
        let either = |setting: &Setting, default: &[u8], test: &dyn Fn(&[u8]) -> bool| match setting {
            Setting::Unset => Applies::from(test(default)),
            Setting::Set(value) => Applies::from(test(value)),
            Setting::Unsure => Applies::Unsure,
        };
        let in_list = |value: &[u8]| matches_list(value, list, Case::Sensitive) == ListMatch::Yes;
        // An empty value is matched by an empty list alone, not by `*`.
        let in_list_or_both_empty = |value: &[u8]| if value.is_empty() { list.is_empty() } else { in_list(value) };
        let host = |value: &[u8]| matches_list(value, list, Case::Fold) == ListMatch::Yes;
        match self {
            Self::Host => expanded_host(&settings.hostname).map_or(Applies::Unsure, |name| host(&name).into()),
            Self::OriginalHost => host(HOST).into(),
            Self::User => either(&settings.user, account, &in_list),
            Self::LocalUser => in_list(account).into(),
            Self::Tagged => either(&settings.tag, b"", &in_list_or_both_empty),
            Self::Command => in_list_or_both_empty(b"").into(),
            Self::SessionType => either(&settings.session_type, b"shell", &in_list),
            Self::Unevaluated => Applies::Unsure,
        }
    }
}

/// The host name after `Hostname`, in whose value `%h` stands for the name given; none when it is not known.
pub(super) fn expanded_host(hostname: &Setting) -> Option<Vec<u8>> {
    let template = match hostname {
        Setting::Unset => return Some(HOST.to_vec()),
        Setting::Set(template) => template,
        Setting::Unsure => return None,
    };
    let mut name = Vec::new();
    let mut bytes = template.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'%' => match bytes.next()? {
                b'h' => name.extend_from_slice(HOST),
                b'%' => name.push(b'%'),
                _ => return None,
            },
            _ => name.push(byte),
        }
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<u8>> {
        text.split_whitespace().map(|word| word.trim_matches('"').as_bytes().to_vec()).collect()
    }

    fn applies(text: &str) -> Result<Applies, MatchProblem> {
        match_applies(&words(text), &Settings::new(), b"alice")
    }

    #[test]
    fn host_lines_see_an_empty_name() {
        for (patterns, expected) in [
            ("*", Applies::Yes),
            ("!x *", Applies::Yes),
            ("!login* *", Applies::Yes),
            ("node1 *", Applies::Yes),
            ("?*", Applies::No),
            ("node1", Applies::No),
            ("*.test", Applies::No),
            ("!*", Applies::No),
            ("* !*", Applies::No),
            ("", Applies::No),
        ] {
            assert_eq!(host_applies(&words(patterns)), expected, "{patterns}");
        }
    }

    #[test]
    fn match_lines_see_no_host_no_command_and_the_callers_account() {
        for (line, expected) in [
            ("all", Applies::Yes),
            ("ALL", Applies::Yes),
            ("!all", Applies::No),
            ("all #x", Applies::Yes),
            ("host *", Applies::Yes),
            ("host=*", Applies::Yes),
            ("host node1", Applies::No),
            ("!host node1", Applies::Yes),
            ("originalhost *", Applies::Yes),
            ("originalhost node1", Applies::No),
            ("user alice", Applies::Yes),
            ("user bob", Applies::No),
            ("user bob,al*", Applies::Yes),
            ("user *,!alice", Applies::No),
            ("localuser alice", Applies::Yes),
            ("localuser=bob", Applies::No),
            ("!localuser bob user alice", Applies::Yes),
            ("user alice host node1", Applies::No),
            ("final", Applies::No),
            ("!final", Applies::Yes),
            ("canonical all", Applies::No),
            ("!canonical all", Applies::Yes),
            ("tagged x", Applies::No),
            ("tagged \"\"", Applies::Yes),
            ("tagged *", Applies::No),
            ("command \"\"", Applies::Yes),
            ("command ls", Applies::No),
            ("sessiontype shell", Applies::Yes),
            ("sessiontype exec", Applies::No),
            ("exec true", Applies::Unsure),
            ("!exec true", Applies::Unsure),
            ("exec true user alice", Applies::Unsure),
            ("exec true user bob", Applies::No),
            ("user bob exec true", Applies::No),
            ("exec true all", Applies::Unsure),
            ("localnetwork 127.0.0.0/8", Applies::Unsure),
            ("version OpenSSH_*", Applies::Unsure),
        ] {
            assert_eq!(applies(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn wrong_match_lines_are_errors() {
        for (line, problem) in [
            ("", MatchProblem::NoAttributes),
            ("# x", MatchProblem::NoAttributes),
            ("all user alice", MatchProblem::AllCombined),
            ("user alice host * all", MatchProblem::AllCombined),
            ("user", MatchProblem::MissingArgument),
            ("user=", MatchProblem::MissingArgument),
            ("user \"\"", MatchProblem::MissingArgument),
            ("user #x", MatchProblem::MissingArgument),
            ("exec", MatchProblem::MissingArgument),
            ("exec \"\"", MatchProblem::MissingArgument),
            ("nosuch x", MatchProblem::Unsupported),
            ("sessiontype=shell x", MatchProblem::Unsupported),
            ("user alice exec", MatchProblem::MissingArgument),
        ] {
            assert_eq!(applies(line), Err(problem), "{line}");
        }
    }

    #[test]
    fn values_set_above_are_compared_with() {
        let mut settings = Settings::new();
        settings.user = Setting::Set(b"bob".to_vec());
        settings.hostname = Setting::Set(b"node%h1%%".to_vec());
        settings.tag = Setting::Unsure;
        settings.session_type = Setting::Set(b"none".to_vec());
        for (line, expected) in [
            ("user bob", Applies::Yes),
            ("user alice", Applies::No),
            ("localuser alice", Applies::Yes),
            ("host NODE1%", Applies::Yes),
            ("host node2", Applies::No),
            ("originalhost node1", Applies::No),
            ("tagged x", Applies::Unsure),
            ("sessiontype none", Applies::Yes),
        ] {
            assert_eq!(match_applies(&words(line), &settings, b"alice"), Ok(expected), "{line}");
        }
        settings.hostname = Setting::Set(b"%n".to_vec());
        assert_eq!(match_applies(&words("host *"), &settings, b"alice"), Ok(Applies::Unsure));
    }
}
