//! The account step of PAM's configuration for sshd (pam.d(5)).

#![allow(clippy::disallowed_methods, reason = "PAM's own files")]

use crate::doctor::server::PamLine;

/// Where PAM's files are.
const FOLDER: &str = "/etc/pam.d";

/// Deepest nesting of included files.
const MAX_DEPTH: usize = 8;

/// Its lines, included files in their place.
pub(super) fn account_step() -> Vec<PamLine> {
    let mut lines = Vec::new();
    read(&format!("{FOLDER}/sshd"), 0, &mut lines);
    lines
}

fn read(path: &str, depth: usize, lines: &mut Vec<PamLine>) {
    let Ok(text) = std::fs::read(path) else { return };
    for (number, line) in (1..).zip(String::from_utf8_lossy(&text).lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(name) = line.strip_prefix("@include") {
            include(name.trim(), depth, lines);
            continue;
        }
        let Some((kind, rest)) = line.split_once(char::is_whitespace) else { continue };
        if !kind.trim_start_matches('-').eq_ignore_ascii_case("account") {
            continue;
        }
        let rest = rest.trim_start();
        let (control, rest) = match rest.strip_prefix('[') {
            Some(inner) => match inner.split_once(']') {
                Some((inner, rest)) => (format!("[{inner}]"), rest),
                None => continue,
            },
            None => {
                let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                (word.to_ascii_lowercase(), rest)
            }
        };
        let mut words = rest.split_whitespace();
        let Some(module) = words.next() else { continue };
        if control == "include" || control == "substack" {
            include(module, depth, lines);
            continue;
        }
        lines.push(PamLine {
            file: path.to_owned(),
            line: number,
            control,
            module: module.rsplit('/').next().unwrap_or(module).to_owned(),
            arguments: words.map(str::to_owned).collect(),
        });
    }
}

fn include(name: &str, depth: usize, lines: &mut Vec<PamLine>) {
    if depth >= MAX_DEPTH || name.is_empty() {
        return;
    }
    let path = if name.starts_with('/') { name.to_owned() } else { format!("{FOLDER}/{name}") };
    read(&path, depth.saturating_add(1), lines);
}
