//! The configurations as they stand, and who may read their files.

use std::collections::BTreeSet;

use super::files::file;
use crate::cli::config_files::ReadableFiles;
use crate::config::{Program, walk};
use crate::doctor::client::Config;
use crate::store::Root;

/// A configuration with what it includes.
pub(super) fn gather(program: Program<'_>, path: &str) -> Config {
    let root = Root::new("/");
    let tree = walk(program, path, &ReadableFiles::below(&root));
    let folder = path.rsplit_once('/').map_or("/", |(folder, _)| folder);
    let mut seen = BTreeSet::new();
    let paths = [folder, path].into_iter().chain(tree.files.iter().map(String::as_str));
    let paths = paths.chain(tree.problems.iter().map(|problem| problem.file.as_str()));
    let files = paths.filter(|path| seen.insert(*path)).filter_map(|path| file(path).ok()).collect();
    Config { path: path.to_owned(), files, tree }
}
