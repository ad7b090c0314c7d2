//! Where lines must stand so that they count: found by trying.

use super::marked::{insert, split_lines};
use super::overlay::Overlay;
use crate::config::{ConfigFiles, Program, Tree, walk};

/// Names for a file of our own, the first one that is early enough is taken: files are read in byte order, in which a digit
/// comes before letters and after a hyphen.
const NAMES: [&str; 6] = [
    "10-hostbased.conf",
    "05-hostbased.conf",
    "01-hostbased.conf",
    "00-hostbased.conf",
    "00-0-hostbased.conf",
    "0-0-hostbased.conf",
];

/// One of both configurations.
#[derive(Clone, Copy)]
pub(super) struct Configuration<'a> {
    pub(super) program: Program<'a>,
    /// The main file.
    pub(super) main: &'static str,
    /// The folder beside it for files of one's own.
    pub(super) folder: &'static str,
    pub(super) files: &'a dyn ConfigFiles,
}

impl Configuration<'_> {
    pub(super) fn tree(&self) -> Tree {
        walk(self.program, self.main, self.files)
    }

    /// The same with other content of some files.
    pub(super) fn with(&self, changes: &[(String, Option<Vec<u8>>)]) -> Tree {
        let mut overlay = Overlay::new(self.files);
        for (path, content) in changes {
            overlay.set(path, content.clone());
        }
        walk(self.program, self.main, &overlay)
    }
}

/// The file, and what it is to hold, so that the lines count: `counts` says so of the configuration with them. `bodies` are the
/// lines by themselves, and such that what follows them means what it means now.
///
/// A file of one's own is best; in the main file before its first block, where that does; else as late as it still does.
pub(super) fn place(
    configuration: Configuration<'_>,
    has_folder: bool,
    bodies: [&[u8]; 2],
    counts: impl Fn(&Tree) -> bool,
) -> Option<(String, Vec<u8>)> {
    let [alone, closed] = bodies;
    let fits = |path: &str, text: Vec<u8>| {
        let change = (path.to_owned(), Some(text));
        let counts = counts(&configuration.with(std::slice::from_ref(&change)));
        change.1.filter(|_| counts).map(|text| (change.0, text))
    };
    let beside = NAMES.iter().filter(|_| has_folder).find_map(|name| {
        let path = format!("{}/{name}", configuration.folder);
        // Somebody else's file of that name is left alone.
        let is_free = matches!(configuration.files.read(&path), Ok(None));
        is_free.then(|| fits(&path, insert(b"", 1, alone))).flatten()
    });
    beside.or_else(|| {
        let main = configuration.files.read(configuration.main).ok().flatten()?;
        let end = split_lines(&main).count().saturating_add(1);
        let tree = configuration.tree();
        let first_block = tree.blocks.iter().find(|block| block.file == configuration.main).map(|block| block.line);
        let before_block = first_block.unwrap_or(end);
        let directives = tree.directives.iter().map(|directive| (&directive.file, directive.line));
        let includes = tree.includes.iter().map(|include| (&include.file, include.line));
        let in_main = directives.chain(includes).filter(|(file, _)| *file == configuration.main);
        let mut earlier: Vec<usize> = in_main.map(|(_, line)| line).filter(|line| *line < before_block).collect();
        earlier.sort_unstable();
        earlier.dedup();
        // At the end of a file without blocks, too: what somebody appends there is meant for everything.
        let is_closed = |line: usize| first_block != Some(line);
        let before =
            |line: usize| fits(configuration.main, insert(&main, line, if is_closed(line) { closed } else { alone }));
        before(before_block).or_else(|| earlier.into_iter().rev().find_map(before))
    })
}
