//! The copy of russh with our lines in it.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::insertions::{INSERTIONS, Insertions, OWN_FILES};

/// Whether russh's files are the ones that our lines fit.
///
/// # Errors
/// The first file that is missing or another one.
pub fn check(source: &Path, touched: &[Insertions]) -> Result<(), String> {
    for insertions in touched {
        let path = source.join(insertions.file);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if sum != insertions.sha256 {
            return Err(format!(
                "{} is not the file of that release: its SHA-256 is {sum}, and should be {}",
                path.display(),
                insertions.sha256
            ));
        }
    }
    Ok(())
}

/// Copies russh's `src` to `out`, with our lines where [`INSERTIONS`] puts them, and our files beside its own.
///
/// # Errors
/// The file that cannot be read or written.
pub fn weave(source: &Path, out: &Path) -> Result<(), String> {
    if out.exists() {
        fs::remove_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    copy(source, out)?;
    for insertions in INSERTIONS {
        let path = out.join(insertions.file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        write(&path, &insert(&text, insertions.after))?;
    }
    for (file, text) in OWN_FILES {
        write(&out.join(file), text)?;
    }
    Ok(())
}

/// The text with each of our pieces after the line of that number, from 1.
fn insert(text: &str, pieces: &[(usize, &str)]) -> String {
    let mut woven = String::with_capacity(text.len());
    for (index, line) in text.split_inclusive('\n').enumerate() {
        woven.push_str(line);
        for (_, piece) in pieces.iter().filter(|(after, _)| *after == index + 1) {
            woven.push_str(piece);
        }
    }
    woven
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for entry in from.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            // Read and written, not copied: a read-only source must not make a copy that cannot be changed.
            let bytes = fs::read(entry.path()).map_err(failed)?;
            fs::write(&target, bytes).map_err(|error| format!("{}: {error}", target.display()))?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
