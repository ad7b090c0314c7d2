//! Configurations in memory.

use std::collections::BTreeMap;

use super::*;

/// Files by their paths; a text of `!` cannot be read.
struct Memory(BTreeMap<&'static str, &'static str>);

impl ConfigFiles for Memory {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.0.get(path) {
            Some(&"!") => Err("Permission denied".to_owned()),
            text => Ok(text.map(|text| text.as_bytes().to_vec())),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let (folder, name) = pattern.rsplit_once('/').unwrap();
        let name = Component::parse(name.as_bytes()).ok_or("not supported")?;
        let found = self.0.keys().filter(|path| {
            path.rsplit_once('/').is_some_and(|(above, own)| above == folder && name.matches(own.as_bytes()))
        });
        Ok(found.map(|&path| path.to_owned()).collect())
    }
}

const MAIN: &str = "/etc/ssh/config";

fn tree(program: Program<'_>, files: &[(&'static str, &'static str)]) -> Tree {
    walk(program, MAIN, &Memory(files.iter().copied().collect()))
}

/// `file:line keyword value`, with the blocks in brackets.
fn shown(tree: &Tree) -> Vec<String> {
    let shown = |directive: &Directive| {
        let blocks: String = directive.blocks.iter().map(|block| format!("[{block}]")).collect();
        let file = directive.file.rsplit('/').next().unwrap();
        format!("{file}:{} {}{blocks}", directive.line, directive.text())
    };
    tree.directives.iter().map(shown).collect()
}

#[test]
fn a_block_lasts_until_the_next_one() {
    let tree = tree(
        Program::Ssh,
        &[(MAIN, "# c\nEnableSSHKeysign yes\nHost *.a !x\n User u\nMatch all\nUser=v\nhost *\n\tUser \"w w\"")],
    );
    assert_eq!(
        shown(&tree),
        [
            "config:2 enablesshkeysign yes",
            "config:4 user u[Host *.a !x]",
            "config:6 user v[Match all]",
            "config:8 user w w[Host *]"
        ]
    );
    let for_all: Vec<bool> = tree.blocks.iter().map(Block::is_for_all).collect();
    assert_eq!(for_all, [false, true, true]);
    assert!(tree.directives[0].is_global() && !tree.directives[1].is_global());
    assert_eq!(tree.of("USER").count(), 3);
    assert_eq!(tree.problems, []);
}

#[test]
fn an_include_is_read_where_it_stands_and_its_blocks_end_with_it() {
    let tree = tree(
        Program::Sshd,
        &[
            (MAIN, "Include d/*.conf\nA 1\nMatch User x\nInclude d/10.conf\nB 2\n"),
            ("/etc/ssh/d/20.conf", "C 3\n"),
            ("/etc/ssh/d/10.conf", "D 4\nMatch Host y\nE 5"),
            ("/etc/ssh/d/.hidden.conf", "F 6\n"),
        ],
    );
    assert_eq!(
        shown(&tree),
        [
            "10.conf:1 d 4",
            "10.conf:3 e 5[Match Host y]",
            "20.conf:1 c 3",
            "config:2 a 1",
            "10.conf:1 d 4[Match User x]",
            "10.conf:3 e 5[Match User x][Match Host y]",
            "config:5 b 2[Match User x]",
        ]
    );
    assert_eq!(tree.includes[0].files, ["/etc/ssh/d/10.conf", "/etc/ssh/d/20.conf"]);
    assert_eq!((tree.includes[1].line, tree.includes[1].blocks.len()), (4, 1));
}

#[test]
fn host_is_no_block_of_sshd() {
    assert_eq!(shown(&tree(Program::Sshd, &[(MAIN, "Host x\nA b\n")])), ["config:1 host x", "config:2 a b"]);
}

#[test]
fn what_is_not_understood_is_told_and_the_rest_is_read() {
    let tree = tree(
        Program::Ssh,
        &[(MAIN, "\"A b\nB \"c\nC\nInclude %d/x\nInclude ~/x\nInclude d\nD e\n"), ("/etc/ssh/d", "!")],
    );
    let problems: Vec<_> = tree.problems.iter().map(|problem| (&*problem.file, problem.line, &problem.kind)).collect();
    assert_eq!(
        problems,
        [
            (MAIN, Some(1), &ProblemKind::OpenQuote),
            (MAIN, Some(2), &ProblemKind::OpenQuote),
            (MAIN, Some(3), &ProblemKind::NoArgument),
            (MAIN, Some(4), &ProblemKind::IncludePath),
            (MAIN, Some(5), &ProblemKind::IncludePath),
            ("/etc/ssh/d", None, &ProblemKind::Unreadable("Permission denied".to_owned())),
        ]
    );
    assert_eq!(shown(&tree), ["config:7 d e"]);
    let missing = walk(Program::Ssh, "/nowhere", &Memory(BTreeMap::new()));
    assert_eq!(missing.problems[0].kind, ProblemKind::Missing);
}

#[test]
fn a_users_own_file_includes_from_its_home() {
    let home = "/home/u";
    let files = [(MAIN, "Include a ~/b ~x/c\n"), ("/home/u/.ssh/a", "A 1\n"), ("/home/u/b", "B 2\n")];
    let tree = tree(Program::SshUser { home }, &files);
    assert_eq!(shown(&tree), ["a:1 a 1", "b:1 b 2"]);
    assert_eq!(tree.problems[0].kind, ProblemKind::IncludePath);
}

#[test]
fn files_that_include_each_other_end() {
    let deep = tree(Program::Sshd, &[(MAIN, "A 1\nInclude config\n")]);
    assert_eq!(deep.problems[0].kind, ProblemKind::TooMany);
    assert_eq!(deep.directives.len(), 17);
    let wide = tree(Program::Sshd, &[(MAIN, "Include config config config\n")]);
    assert!(wide.files.len() <= 1024, "{}", wide.files.len());
}
