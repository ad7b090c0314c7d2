//! The copy of russh with our lines in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::insertions::{INSERTIONS, OWN_FILES, SOURCE_SHA256};

/// The files of russh's `src`: path below it, content.
pub type Source = BTreeMap<String, Vec<u8>>;

/// Reads russh's `src`, if it is that of the release that our lines fit: all of it, for all of it is compiled.
///
/// # Errors
/// The file that cannot be read, is missing, or is another one.
pub fn read(folder: &Path) -> Result<Source, String> {
    let mut source = Source::new();
    collect(folder, "", &mut source)?;
    for insertions in INSERTIONS {
        let path = folder.join(insertions.file);
        let bytes = source.get(insertions.file).ok_or_else(|| format!("{} is missing", path.display()))?;
        let sum = hex(Sha256::digest(bytes));
        if sum != insertions.sha256 {
            return Err(format!(
                "{} is not the file of that release: its SHA-256 is {sum}, and should be {}",
                path.display(),
                insertions.sha256
            ));
        }
    }
    let mut sums = Sha256::new();
    for (file, bytes) in &source {
        sums.update(format!("{}  {file}\n", hex(Sha256::digest(bytes))));
    }
    let sum = hex(sums.finalize());
    if sum != SOURCE_SHA256 {
        return Err(format!(
            "{} is not the folder of that release: the SHA-256 of its files' sums is {sum}, and should be {SOURCE_SHA256}",
            folder.display()
        ));
    }
    Ok(source)
}

fn hex(sum: impl AsRef<[u8]>) -> String {
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn collect(folder: &Path, below: &str, source: &mut Source) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in folder.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = format!("{below}{}", entry.file_name().display());
        if entry.file_type().map_err(failed)?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), source)?;
        } else {
            let path = entry.path();
            let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            source.insert(name, bytes);
        }
    }
    Ok(())
}

/// Writes russh's `src` to `out`, with our lines where [`INSERTIONS`] puts them, and our files beside its own.
///
/// # Errors
/// The file that cannot be written.
pub fn weave(source: &Source, out: &Path) -> Result<(), String> {
    if out.exists() {
        fs::remove_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    }
    for (file, bytes) in source {
        let path = out.join(file);
        match INSERTIONS.iter().find(|insertions| insertions.file == file) {
            Some(insertions) => {
                let text = str::from_utf8(bytes).map_err(|error| format!("{}: {error}", path.display()))?;
                write(&path, insert(text, insertions.after).as_bytes())?;
            }
            None => write(&path, bytes)?,
        }
    }
    for (file, text) in OWN_FILES {
        write(&out.join(file), text.as_bytes())?;
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

fn write(path: &Path, text: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
