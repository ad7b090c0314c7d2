//! `ssh_config` and `sshd_config` as they stand: which line sets what, in which block, by which `Include`.
//!
//! Nothing is evaluated here: whether a `Host` or `Match` block applies to a login is for `ssh -G` and `sshd -T` to say. What
//! they do not say is *where* a value comes from.

mod component;
mod tree;
mod words;

pub use component::Component;
pub use tree::{Block, BlockKind, ConfigFiles, Directive, Include, Problem, ProblemKind, Program, Tree, walk};
pub use words::{Line, OpenQuote, split_arguments, split_line};

#[cfg(test)]
mod tests;
