//! The examples, built and in a lab.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::lab::Lab;

/// An example, built as these tests are: `cargo test` builds plain examples only where no target is named.
pub fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<bool> = OnceLock::new();
    let profile_folder = Path::new(env!("CARGO_BIN_EXE_hostbased")).parent().unwrap();
    let built = BUILT.get_or_init(|| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "-p", "hostbased", "--features", "russh", "--examples", "--manifest-path"]);
        cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        cargo.arg("--target-dir").arg(profile_folder.parent().unwrap());
        if profile_folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.status().unwrap().success()
    });
    assert!(built, "the examples do not build: see the compiler's message");
    profile_folder.join("examples").join(name)
}

impl Lab {
    /// Puts a program of the machine into the lab, where ordinary users reach it wherever the build folder is.
    pub fn bring(&self, program: &Path, place: &str) {
        self.write_with_mode(place, "", 0o755);
        let mount = self.as_root("mount").arg("--bind").args([program, Path::new(place)]).status().unwrap();
        assert!(mount.success(), "{}", program.display());
    }
}
