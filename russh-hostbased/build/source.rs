//! Where russh's source is.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::variable;
use super::weave::{self, Source};

/// The version of russh that our lines are written for; `Cargo.toml` pins it.
pub const VERSION: &str = "0.65.1";

/// The folder with russh's `Cargo.toml`, as cargo has fetched or vendored it, and what is in its `src`.
///
/// `cargo metadata` knows it for this package's own `Cargo.lock`. A program that depends on this package has a lock of its
/// own, whose other dependencies may be of other versions; then cargo, offline, cannot answer, and the folders where it
/// puts what it fetches are looked through. Whichever way it was found: the sums of the files decide.
///
/// # Errors
/// What was looked at and why it will not do, and what to do.
pub fn find() -> Result<(PathBuf, Source), String> {
    let mut looked_at = Vec::new();
    match ask_cargo() {
        Ok(folder) => match weave::read(&folder.join("src")) {
            Ok(source) => return Ok((folder, source)),
            Err(reason) => looked_at.push(reason),
        },
        Err(reason) => looked_at.push(reason),
    }
    for folder in usual_places()? {
        if !folder.join("Cargo.toml").is_file() {
            continue;
        }
        match weave::read(&folder.join("src")) {
            Ok(source) => return Ok((folder, source)),
            Err(reason) => looked_at.push(reason),
        }
    }
    Err(format!(
        "no source of russh {VERSION}, which this package ({} {}) is written for:\n  {}\n\
         Use the russh-hostbased that is made for your russh, or pin russh to ={VERSION}; a changed copy of russh \
         (a [patch], a vendored folder that was edited) cannot be used.",
        variable("CARGO_PKG_NAME")?,
        variable("CARGO_PKG_VERSION")?,
        looked_at.join("\n  ")
    ))
}

/// What cargo says, without network and without changing a lock.
fn ask_cargo() -> Result<PathBuf, String> {
    let manifest = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("Cargo.toml");
    let output = Command::new(variable("CARGO")?)
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", &variable("TARGET")?])
        .arg("--manifest-path")
        .arg(&manifest)
        .output()
        .map_err(|error| format!("cargo metadata did not run: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo metadata: {}", said.split_whitespace().collect::<Vec<_>>().join(" ")));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let russh = packages.iter().filter(|package| package["name"] == "russh");
    let mut versions = Vec::new();
    for package in russh {
        let version = package["version"].as_str().unwrap_or_default();
        match package["manifest_path"].as_str().and_then(|path| Path::new(path).parent()) {
            Some(folder) if version == VERSION => return Ok(folder.to_owned()),
            _ => versions.push(version),
        }
    }
    Err(format!("cargo metadata names no russh {VERSION}; it has: {}", list(&versions)))
}

fn list(versions: &[&str]) -> String {
    if versions.is_empty() { "none".to_owned() } else { versions.join(", ") }
}

/// Beside this package, where registries and `cargo vendor` put it, and in every registry of cargo's home.
fn usual_places() -> Result<Vec<PathBuf>, String> {
    let folder = format!("russh-{VERSION}");
    let own = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let beside = own.parent().map(Path::to_owned).unwrap_or_default();
    let mut places = vec![beside.join(&folder), beside.join("russh")];
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| {
        let home = std::env::home_dir()?;
        Some(home.join(".cargo"))
    });
    if let Some(registries) = home.and_then(|home| home.join("registry/src").read_dir().ok()) {
        places.extend(registries.flatten().map(|registry| registry.path().join(&folder)));
    }
    Ok(places)
}
