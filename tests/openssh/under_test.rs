//! Which helper is tested: ours, or OpenSSH's own, which proves the tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::lab::helper_place;

/// The helper under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnderTest {
    /// `keysign`, built from this workspace.
    Ours,
    /// The machine's ssh-keysign.
    Theirs,
}

impl UnderTest {
    /// What `KEYSIGN_UNDER_TEST` says: `ours`, also when it is not set, or `theirs`.
    pub fn chosen() -> Self {
        match std::env::var("KEYSIGN_UNDER_TEST").as_deref() {
            Err(_) | Ok("" | "ours") => Self::Ours,
            Ok("theirs") => Self::Theirs,
            Ok(other) => panic!("KEYSIGN_UNDER_TEST={other}: must be ours or theirs"),
        }
    }

    /// As `KEYSIGN_UNDER_TEST` has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }
}

/// An expectation, for each helper.
#[derive(Clone, Copy, Debug)]
pub struct Expect<T> {
    ours: T,
    theirs: T,
}

impl<T: Copy> Expect<T> {
    /// Both do the same.
    pub const fn both(expected: T) -> Self {
        Self { ours: expected, theirs: expected }
    }

    /// They differ on purpose: each use has a row in docs/deviations.md.
    pub const fn differ(ours: T, theirs: T) -> Self {
        Self { ours, theirs }
    }

    /// What the helper under test must do.
    pub fn here(self) -> T {
        match UnderTest::chosen() {
            UnderTest::Ours => self.ours,
            UnderTest::Theirs => self.theirs,
        }
    }
}

/// What OpenSSH's helper does since that release, or did before it.
pub fn theirs_since<T>(release: (u32, u32), since: T, before: T) -> T {
    static INSTALLED: OnceLock<(u32, u32)> = OnceLock::new();
    let installed = *INSTALLED.get_or_init(|| {
        let version = Command::new("ssh").arg("-V").output().unwrap().stderr;
        let version = String::from_utf8_lossy(&version).into_owned();
        let numbers = version.strip_prefix("OpenSSH_").and_then(|rest| rest.split_once('p')).unwrap().0;
        let (major, minor) = numbers.split_once('.').unwrap();
        (major.parse().unwrap(), minor.parse().unwrap())
    });
    if installed >= release { since } else { before }
}

/// The program under test; ours is built once, and a failure told once.
pub fn helper() -> &'static Path {
    static HELPER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let helper = HELPER.get_or_init(|| match UnderTest::chosen() {
        UnderTest::Theirs => Some(helper_place().to_owned()),
        UnderTest::Ours => build(),
    });
    helper.as_deref().expect("the helper does not build: see the compiler's message")
}

/// Builds the helper as it is shipped: by itself, so that no other package's features get in.
fn build() -> Option<PathBuf> {
    let profile_folder = Path::new(env!("CARGO_BIN_EXE_hostbased")).parent().unwrap();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "-p", "keysign-helper", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    cargo.arg("--target-dir").arg(profile_folder.parent().unwrap());
    if profile_folder.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.status().unwrap().success().then(|| profile_folder.join("keysign"))
}
