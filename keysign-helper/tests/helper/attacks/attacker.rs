//! The program `attacker`: system calls that tests in Rust cannot make without unsafe code.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::ground::{Ground, as_nobody};

/// The built program.
pub(crate) struct Attacker(PathBuf);

impl Attacker {
    pub(crate) fn build(ground: &Ground) -> Self {
        let program = ground.lab.etc("").with_file_name("attacker");
        compile(&program, &[], include_str!("attacker.c"));
        Self(program)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Tries this on the process as an ordinary user: `done`, or the name of the error.
    pub(crate) fn tries(&self, what: &str, process: u32) -> String {
        said(as_nobody(Command::new(&self.0)).arg(what).arg(process.to_string()))
    }

    /// The same as root.
    pub(crate) fn root_tries(&self, what: &str, process: u32) -> String {
        said(Command::new(&self.0).arg(what).arg(process.to_string()))
    }

    /// An ordinary process of the ordinary user, which waits.
    pub(crate) fn victim(&self) -> Victim {
        let mut command = as_nobody(Command::new(&self.0));
        Victim(command.arg("wait").stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap())
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Is killed when it goes.
pub(crate) struct Victim(pub(crate) Child);

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds a program or, with options, a library of C.
pub(crate) fn compile(to: &Path, options: &[&str], source: &str) {
    let mut compiler = Command::new("cc");
    compiler.args(["-x", "c", "-O1", "-"]).args(options).arg("-o").arg(to).stdin(Stdio::piped());
    let mut compiler = compiler.spawn().unwrap();
    compiler.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    assert!(compiler.wait().unwrap().success());
}
