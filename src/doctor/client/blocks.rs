//! Whether a `Host` or `Match` block applies, as far as its own words tell.

use crate::config::{Block, BlockKind, Directive};
use crate::pattern::{Case, ListMatch, matches, matches_list};

/// Whether a block applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Applies {
    /// It does not.
    No,
    /// That depends on more than the host's name.
    Maybe,
    /// It does.
    Yes,
}

/// How the configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader<'a> {
    /// By `ssh`, for this host.
    Ssh(&'a str),
    /// By the helper: for a host without a name, and once only (OpenSSH: ssh-keysign.c `main`).
    Helper,
}

impl Reader<'_> {
    const fn host(&self) -> &str {
        match self {
            Self::Ssh(host) => host,
            Self::Helper => "",
        }
    }

    /// Whether all blocks around a line apply.
    pub(super) fn sees(self, directive: &Directive) -> Applies {
        directive.blocks.iter().map(|block| self.enters(block)).min().unwrap_or(Applies::Yes)
    }

    /// Whether a block applies.
    pub(super) fn enters(self, block: &Block) -> Applies {
        match block.kind {
            BlockKind::Host => self.host_block(&block.criteria),
            BlockKind::Match => self.match_block(&block.criteria),
        }
    }

    /// One of the patterns must match, and none behind a `!` (OpenSSH: readconf.c, under "host").
    fn host_block(self, patterns: &[Vec<u8>]) -> Applies {
        let mut applies = Applies::No;
        for pattern in patterns {
            match pattern.strip_prefix(b"!") {
                Some(negated) if matches(self.host().as_bytes(), negated) => return Applies::No,
                None if matches(self.host().as_bytes(), pattern) => applies = Applies::Yes,
                _ => {}
            }
        }
        applies
    }

    /// Every criterion must hold (OpenSSH: readconf.c `match_cfg_line`).
    fn match_block(self, criteria: &[Vec<u8>]) -> Applies {
        let mut words = criteria.iter().map(Vec::as_slice);
        let mut applies = Applies::Yes;
        while let Some(word) = words.next() {
            // Newer releases take `name=value` as well.
            let at = word.iter().position(|&byte| byte == b'=').unwrap_or(word.len());
            let (name, value) = word.split_at_checked(at).unwrap_or((word, b""));
            let (is_negated, name) = name.strip_prefix(b"!").map_or((false, name), |name| (true, name));
            let name = name.to_ascii_lowercase();
            if let Some(holds) = self.alone(&name) {
                applies = applies.min(negated(is_negated, holds));
                continue;
            }
            let value = value.strip_prefix(b"=").or_else(|| words.next()).unwrap_or_default();
            let is_host = name == b"host" || name == b"originalhost";
            let holds = match matches_list(self.host().as_bytes(), value, Case::Fold) {
                _ if !is_host => Applies::Maybe,
                ListMatch::Yes => Applies::Yes,
                _ => Applies::No,
            };
            applies = applies.min(negated(is_negated, holds));
        }
        applies
    }

    /// Criteria that have no value.
    fn alone(self, name: &[u8]) -> Option<Applies> {
        match name {
            b"all" => Some(Applies::Yes),
            b"final" | b"canonical" if self == Self::Helper => Some(Applies::No),
            b"final" | b"canonical" => Some(Applies::Maybe),
            _ => None,
        }
    }
}

const fn negated(is_negated: bool, holds: Applies) -> Applies {
    match (is_negated, holds) {
        (true, Applies::Yes) => Applies::No,
        (true, Applies::No) => Applies::Yes,
        (_, holds) => holds,
    }
}

/// Whether the helper reads a file once only, and so never sees what stands in this block.
pub(super) fn waits_for_a_second_reading(block: &Block) -> bool {
    let is_later = |word: &Vec<u8>| word.eq_ignore_ascii_case(b"final") || word.eq_ignore_ascii_case(b"canonical");
    block.kind == BlockKind::Match && block.criteria.iter().any(is_later)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(line: &str) -> Block {
        let mut words = line.split(' ').map(|word| word.as_bytes().to_vec());
        let kind = if words.next().unwrap() == b"Host" { BlockKind::Host } else { BlockKind::Match };
        Block { kind, criteria: words.collect(), file: String::new(), line: 1 }
    }

    #[test]
    fn the_helper_sees_what_is_for_a_host_without_name() {
        use Applies::{Maybe, No, Yes};
        for (line, applies) in [
            ("Host *", Yes),
            ("Host !login* *", Yes),
            ("Host srv", No),
            ("Host *.cluster.test", No),
            ("Host ?*", No),
            ("Host !* *", No),
            ("Match all", Yes),
            ("Match host *", Yes),
            ("Match Host=*", Yes),
            ("Match host *.test", No),
            ("Match !host srv", Yes),
            ("Match final all", No),
            ("Match final", No),
            ("Match user alice", Maybe),
            ("Match exec true host *", Maybe),
            ("Match exec true host srv", No),
        ] {
            assert_eq!(Reader::Helper.enters(&block(line)), applies, "{line}");
        }
    }

    #[test]
    fn ssh_sees_what_is_for_the_name_that_was_typed() {
        use Applies::{Maybe, No, Yes};
        for (line, applies) in [
            ("Host *.cluster.test", Yes),
            ("Host srv", No),
            ("Host * !srv.*", No),
            ("Match host *.cluster.test", Yes),
            ("Match final host *.cluster.test", Maybe),
            ("Match originalhost srv", No),
        ] {
            assert_eq!(Reader::Ssh("srv.cluster.test").enters(&block(line)), applies, "{line}");
        }
        assert!(waits_for_a_second_reading(&block("Match Final all")));
        assert!(!waits_for_a_second_reading(&block("Host final")));
    }
}
