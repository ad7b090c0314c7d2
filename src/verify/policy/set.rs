//! Setting one option, in sshd_config's own syntax (OpenSSH: servconf.c `process_server_config_line_depth`).

use super::error::PolicyError;
use super::knob::{self, Knob, Takes};
use super::methods::AuthenticationMethods;
use super::words::{self, OpenQuote};
use super::{IgnoreRhosts, PermitRootLogin, Policy};
use crate::key::{Algorithm, AlgorithmList, AlgorithmListError};
use crate::verify::gate::is_user_pattern;

impl Policy {
    /// Sets an option as a line of sshd_config would: its name in any case, older names too, and its value with the
    /// quotes and comments of sshd_config(5). It replaces what the option was, but AllowUsers, DenyUsers, AllowGroups
    /// and DenyGroups, which take more patterns with each line.
    ///
    /// `+`, `-` and `^` in front of a list of algorithms are relative to the defaults of OpenSSH 10.5, not to what is
    /// set. RevokedKeys takes whole paths only: sshd would put its own folder in front of others.
    ///
    /// # Errors
    /// [`PolicyError`]: the option decides nothing here, or sshd would not start with such a value. The policy is then
    /// as it was.
    pub fn set(&mut self, option: &str, value: &str) -> Result<(), PolicyError> {
        let knob = knob::find(option).ok_or_else(|| PolicyError::UnknownOption { option: option.to_owned() })?;
        let words = words::split(value)
            .map_err(|OpenQuote| PolicyError::OpenQuote { option: knob.name, value: value.to_owned() })?;
        knob.apply(self, &words)
    }
}

/// The value of an option that takes one word, by a table: case does not count (servconf.c `parse_multistate`).
type Words<T> = &'static [(&'static str, T)];

const YES_OR_NO: Words<bool> = &[("yes", true), ("no", false)];

const IGNORE_RHOSTS: Words<IgnoreRhosts> =
    &[("yes", IgnoreRhosts::Yes), ("no", IgnoreRhosts::No), ("shosts-only", IgnoreRhosts::ShostsOnly)];

const PERMIT_ROOT_LOGIN: Words<PermitRootLogin> = &[
    ("prohibit-password", PermitRootLogin::ProhibitPassword),
    ("without-password", PermitRootLogin::ProhibitPassword),
    ("forced-commands-only", PermitRootLogin::ForcedCommandsOnly),
    ("yes", PermitRootLogin::Yes),
    ("no", PermitRootLogin::No),
];

impl Knob {
    /// Puts these words into the policy, or leaves it as it was.
    pub(super) fn apply(&self, policy: &mut Policy, words: &[String]) -> Result<(), PolicyError> {
        match &self.takes {
            Takes::YesOrNo(field) => *field(policy) = self.one_of(words, YES_OR_NO)?,
            Takes::IgnoreRhosts => policy.ignore_rhosts = self.one_of(words, IGNORE_RHOSTS)?,
            Takes::PermitRootLogin => policy.permit_root_login = self.one_of(words, PERMIT_ROOT_LOGIN)?,
            Takes::RequiredRsaSize => {
                let word = self.one(words)?;
                policy.required_rsa_size = number(word).ok_or_else(|| self.wrong(word))?;
            }
            Takes::Algorithms { field, default, only_plain } => {
                let list = parse_algorithms(self.one(words)?, &default(), *only_plain);
                *field(policy) = list.map_err(|error| PolicyError::Algorithms { option: self.name, error })?;
            }
            Takes::Users(field) => field(policy).extend(self.patterns(words, is_user_pattern)?),
            Takes::Groups(field) => field(policy).extend(self.patterns(words, |word| !word.is_empty())?),
            Takes::Methods => {
                self.some(words)?;
                let methods = AuthenticationMethods::parse(words);
                policy.authentication_methods =
                    methods.map_err(|error| PolicyError::Methods { value: words.join(" "), error })?;
            }
            Takes::Directory => {
                let word = self.one(words)?;
                policy.chroot_directory = (!is_none(word)).then(|| word.to_owned());
            }
            Takes::RevokedKeys => policy.revoked_keys = self.files(words)?,
        }
        Ok(())
    }

    /// What the option takes, for people.
    const fn allowed(&self) -> &'static str {
        match self.takes {
            Takes::YesOrNo(_) => "yes or no",
            Takes::IgnoreRhosts => "yes, no or shosts-only",
            Takes::PermitRootLogin => "yes, prohibit-password, forced-commands-only or no",
            Takes::RequiredRsaSize => "a number of bits",
            Takes::Algorithms { .. } => "names of algorithms with commas between, or + - ^ and such a list",
            Takes::Users(_) => {
                "patterns of user or user@host, where host has names, addresses and networks with commas between"
            }
            Takes::Groups(_) => "patterns of groups",
            Takes::Methods => "any, or lists of methods with commas between",
            Takes::Directory => "a path, or none",
            Takes::RevokedKeys => "paths that begin with /, or none",
        }
    }

    fn wrong(&self, value: &str) -> PolicyError {
        PolicyError::Value { option: self.name, value: value.to_owned(), allowed: self.allowed() }
    }

    /// All of the words, of which there must be some.
    fn some<'a>(&self, words: &'a [String]) -> Result<&'a [String], PolicyError> {
        if words.is_empty() {
            return Err(PolicyError::NoValue { option: self.name, allowed: self.allowed() });
        }
        Ok(words)
    }

    /// The only word, which must not be empty.
    fn one<'a>(&self, words: &'a [String]) -> Result<&'a str, PolicyError> {
        match words {
            [_, second, ..] => Err(PolicyError::TooMany { option: self.name, value: second.clone() }),
            [word] if !word.is_empty() => Ok(word),
            _ => Err(PolicyError::NoValue { option: self.name, allowed: self.allowed() }),
        }
    }

    fn one_of<T: Copy>(&self, words: &[String], table: Words<T>) -> Result<T, PolicyError> {
        let word = self.one(words)?;
        let fits = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        fits.map(|&(_, value)| value).ok_or_else(|| self.wrong(word))
    }

    fn patterns(&self, words: &[String], is_valid: fn(&str) -> bool) -> Result<Vec<String>, PolicyError> {
        let words = self.some(words)?;
        match words.iter().find(|word| !is_valid(word)) {
            Some(wrong) => Err(self.wrong(wrong)),
            None => Ok(words.to_vec()),
        }
    }

    fn files(&self, words: &[String]) -> Result<Vec<String>, PolicyError> {
        match self.some(words)? {
            [word] if is_none(word) => Ok(Vec::new()),
            words => match words.iter().find(|word| !word.starts_with('/')) {
                Some(wrong) => Err(self.wrong(wrong)),
                None => Ok(words.to_vec()),
            },
        }
    }
}

/// Whether this stands for nothing (servconf.c `option_clear_or_none`).
fn is_none(word: &str) -> bool {
    word.eq_ignore_ascii_case("none")
}

/// A number as sshd reads it (misc.c `atoi_err`): decimal, from 0 to the largest int; C allows blanks and `+` in front.
fn number(word: &str) -> Option<usize> {
    let value: i32 = word.trim_ascii_start().parse().ok()?;
    usize::try_from(value).ok()
}

/// Reads a list of algorithms. Where certificates have no place, naming one is an error, and a pattern passes over them
/// (sshkey.c `sshkey_names_valid2`, `sshkey_alg_list`).
fn parse_algorithms(
    text: &str,
    default: &AlgorithmList,
    only_plain: bool,
) -> Result<AlgorithmList, AlgorithmListError> {
    let list = AlgorithmList::parse(text, default)?;
    if !only_plain {
        return Ok(list);
    }
    let names = text.trim_start_matches(['+', '-', '^']);
    let is_certificate = |algorithm: Algorithm| algorithm.key_type().certificate;
    match names.split(',').find(|name| Algorithm::from_name(name.as_bytes()).is_some_and(is_certificate)) {
        Some(certificate) => Err(AlgorithmListError::Unknown(certificate.to_owned())),
        None => Ok(list.iter().filter(|&algorithm| !is_certificate(algorithm)).collect()),
    }
}
