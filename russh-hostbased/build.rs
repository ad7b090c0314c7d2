//! Makes russh with our lines: finds the source of russh that cargo has fetched, checks that it is the one our lines
//! are written for, and writes a copy with them into `OUT_DIR`. `src/lib.rs` includes that copy.

#[path = "build/insertions.rs"]
mod insertions;
#[path = "build/source.rs"]
mod source;
#[path = "build/weave.rs"]
mod weave;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // cargo shows what a build script that fails has written.
            eprintln!("russh-hostbased: {message}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    for path in ["build.rs", "build", "hook", "Cargo.toml"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let out = PathBuf::from(variable("OUT_DIR")?).join("russh");
    let (russh, source) = source::find()?;
    println!("cargo::rerun-if-changed={}", russh.display());
    weave::weave(&source, &out)?;

    // For the tests, which run this program once more.
    println!("cargo::rustc-env=TARGET={}", variable("TARGET")?);
    let own_path = std::env::current_exe().map_err(|error| format!("the path of the build script: {error}"))?;
    println!("cargo::rustc-env=BUILD_SCRIPT={}", own_path.display());
    // The greeting on the wire is made of these two, and a minus sign may not stand in it (RFC 4253 section 4.2).
    println!("cargo::rustc-env=CARGO_PKG_NAME=russh");
    println!("cargo::rustc-env=CARGO_PKG_VERSION={}", source::VERSION);
    // russh's benchmarks are not here.
    println!("cargo::rustc-check-cfg=cfg(feature, values(\"_bench\"))");
    Ok(())
}

/// A variable that cargo sets for build scripts.
fn variable(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("cargo did not set {name}: build.rs is run by cargo only"))
}
