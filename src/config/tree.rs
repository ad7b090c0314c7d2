//! Every directive of a configuration and of the files that it includes, in the order in which OpenSSH reads them.

use std::fmt;

use super::words::{split_arguments, split_line};
use crate::escape::escape;

/// Deepest nesting of included files (OpenSSH: readconf.c `READCONF_MAX_DEPTH`, servconf.c `SERVCONF_MAX_DEPTH`).
const MAX_DEPTH: usize = 16;

/// Most files that are read: more is a mistake, or an attack.
const MAX_FILES: usize = 1024;

/// Whose configuration it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program<'a> {
    /// `ssh`, the file for all users.
    Ssh,
    /// `ssh`, a user's own file, in this home.
    SshUser {
        /// The home folder.
        home: &'a str,
    },
    /// `sshd`.
    Sshd,
}

/// Where the files come from.
pub trait ConfigFiles {
    /// What a file says; `None` when it is not there.
    ///
    /// # Errors
    /// Why it cannot be read, ready to be shown.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;

    /// The paths that an absolute pattern matches, in byte order.
    ///
    /// # Errors
    /// Why that cannot be told, ready to be shown.
    fn glob(&self, pattern: &str) -> Result<Vec<String>, String>;
}

/// What kind of block it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// `Host`, of ssh_config(5).
    Host,
    /// `Match`, of both.
    Match,
}

/// A `Host` or `Match` line, which counts until the next one or the end of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which of both.
    pub kind: BlockKind,
    /// What stands behind the keyword.
    pub criteria: Vec<Vec<u8>>,
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

impl Block {
    /// Whether it is for everything, and so no restriction: `Host *`, `Match all`.
    #[must_use]
    pub fn is_for_all(&self) -> bool {
        let [only] = self.criteria.as_slice() else { return false };
        match self.kind {
            BlockKind::Host => only == b"*",
            BlockKind::Match => only.eq_ignore_ascii_case(b"all"),
        }
    }
}

impl fmt::Display for Block {
    /// The line as it might be written, escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            BlockKind::Host => "Host",
            BlockKind::Match => "Match",
        })?;
        self.criteria.iter().try_for_each(|word| write!(f, " {}", escape(word)))
    }
}

/// A line that sets something. `Host`, `Match` and `Include` are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The keyword, in lower case, escaped.
    pub keyword: String,
    /// What stands behind it.
    pub arguments: Vec<Vec<u8>>,
    /// The file, as it was named.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The blocks that it stands in, the outermost first: a block around an `Include` is around all of the included file.
    pub blocks: Vec<Block>,
}

impl Directive {
    /// Whether it stands in no block.
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Its first argument, in lower case: the value of most options.
    #[must_use]
    pub fn value(&self) -> Vec<u8> {
        self.arguments.first().map(|value| value.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The line as it might be written, escaped.
    #[must_use]
    pub fn text(&self) -> String {
        let arguments = self.arguments.iter().map(|argument| format!(" {}", escape(argument)));
        arguments.fold(self.keyword.clone(), |text, argument| text + &argument)
    }
}

/// An `Include` line; of several patterns on a line each by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    /// The pattern as it is looked for, absolute.
    pub pattern: String,
    /// The file that the line stands in.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The blocks that it stands in.
    pub blocks: Vec<Block>,
    /// The files that it names, in the order in which they are read.
    pub files: Vec<String>,
}

/// What keeps a line, or a file, from being understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A quote that is never closed.
    OpenQuote,
    /// A keyword with nothing behind it.
    NoArgument,
    /// The file cannot be read: why, ready to be shown.
    Unreadable(String),
    /// The main file is not there.
    Missing,
    /// What an `Include` names depends on more than files: tokens, the environment, another user's home.
    IncludePath,
    /// Files include files too deep, or too many.
    TooMany,
}

/// Something that is not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// The line, where it is one.
    pub line: Option<usize>,
    /// What it is.
    pub kind: ProblemKind,
}

/// A configuration with all that it includes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// What is set, in reading order. Mostly the first value counts.
    pub directives: Vec<Directive>,
    /// The `Include` lines, in reading order.
    pub includes: Vec<Include>,
    /// Every `Host` and `Match` line, in reading order, with the blocks around it left out.
    pub blocks: Vec<Block>,
    /// Every file that was read, in reading order.
    pub files: Vec<String>,
    /// What was not understood.
    pub problems: Vec<Problem>,
}

impl Tree {
    /// The lines with this keyword, in any case, in reading order.
    pub fn of<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Directive> {
        self.directives.iter().filter(move |directive| directive.keyword.eq_ignore_ascii_case(keyword))
    }
}

/// Reads a configuration and what it includes. Never fails: what cannot be read is among the problems.
#[must_use]
pub fn walk(program: Program<'_>, main: &str, files: &dyn ConfigFiles) -> Tree {
    let mut walker = Walker { program, files, tree: Tree::default() };
    match files.read(main) {
        Ok(Some(bytes)) => walker.file(main, &bytes, &[], 0),
        Ok(None) => walker.problem(main, None, ProblemKind::Missing),
        Err(why) => walker.problem(main, None, ProblemKind::Unreadable(why)),
    }
    walker.tree
}

struct Walker<'a> {
    program: Program<'a>,
    files: &'a dyn ConfigFiles,
    tree: Tree,
}

impl Walker<'_> {
    fn problem(&mut self, file: &str, line: Option<usize>, kind: ProblemKind) {
        self.tree.problems.push(Problem { file: file.to_owned(), line, kind });
    }

    fn file(&mut self, path: &str, bytes: &[u8], around: &[Block], depth: usize) {
        self.tree.files.push(path.to_owned());
        let mut blocks = around.to_vec();
        for (line, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
            let read = match split_line(text) {
                Ok(None) => continue,
                Ok(Some(read)) => split_arguments(read.rest).map(|arguments| (read.keyword, arguments)),
                Err(error) => Err(error),
            };
            let Ok((keyword, arguments)) = read else {
                self.problem(path, Some(line), ProblemKind::OpenQuote);
                continue;
            };
            if arguments.is_empty() {
                self.problem(path, Some(line), ProblemKind::NoArgument);
                continue;
            }
            let kind = match &*keyword {
                b"host" if self.program != Program::Sshd => Some(BlockKind::Host),
                b"match" => Some(BlockKind::Match),
                _ => None,
            };
            if let Some(kind) = kind {
                let block = Block { kind, criteria: arguments, file: path.to_owned(), line };
                blocks.truncate(around.len());
                blocks.push(block.clone());
                self.tree.blocks.push(block);
            } else if keyword == b"include" {
                for argument in &arguments {
                    self.include(argument, (path, line), &blocks, depth);
                }
            } else {
                self.tree.directives.push(Directive {
                    keyword: escape(&keyword).to_string(),
                    arguments,
                    file: path.to_owned(),
                    line,
                    blocks: blocks.clone(),
                });
            }
        }
    }

    fn include(&mut self, argument: &[u8], (path, line): (&str, usize), blocks: &[Block], depth: usize) {
        let Some(pattern) = self.pattern(argument) else {
            return self.problem(path, Some(line), ProblemKind::IncludePath);
        };
        let files = match self.files.glob(&pattern) {
            Ok(files) => files,
            Err(why) => return self.problem(path, Some(line), ProblemKind::Unreadable(why)),
        };
        let include = Include { pattern, file: path.to_owned(), line, blocks: blocks.to_vec(), files: files.clone() };
        self.tree.includes.push(include);
        for file in files {
            if depth >= MAX_DEPTH || self.tree.files.len() >= MAX_FILES {
                return self.problem(path, Some(line), ProblemKind::TooMany);
            }
            match self.files.read(&file) {
                Ok(Some(bytes)) => self.file(&file, &bytes, blocks, depth.saturating_add(1)),
                // A link to nowhere, or a file that went away just now.
                Ok(None) => {}
                Err(why) => self.problem(&file, None, ProblemKind::Unreadable(why)),
            }
        }
    }

    /// The absolute pattern that an argument of an `Include` line stands for. OpenSSH: readconf.c and servconf.c, both
    /// under "include".
    fn pattern(&self, argument: &[u8]) -> Option<String> {
        let text = std::str::from_utf8(argument).ok()?;
        let is_ssh = self.program != Program::Sshd;
        if text.is_empty() || (is_ssh && (text.contains('%') || text.contains("${"))) {
            return None;
        }
        match self.program {
            _ if text.starts_with('/') => Some(text.to_owned()),
            Program::SshUser { home } => match text.strip_prefix("~/") {
                Some(below) => Some(format!("{home}/{below}")),
                None if text.starts_with('~') => None,
                None => Some(format!("{home}/.ssh/{text}")),
            },
            Program::Ssh if text.starts_with('~') => None,
            Program::Ssh | Program::Sshd => Some(format!("/etc/ssh/{text}")),
        }
    }
}
