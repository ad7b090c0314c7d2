//! The files of a configuration with some of them as they are not yet.

use std::collections::BTreeMap;

use crate::config::{Component, ConfigFiles};

/// Files, of which some hold something else than they do.
pub(super) struct Overlay<'a> {
    below: &'a dyn ConfigFiles,
    /// What these hold here; `None`, that they are not there.
    changed: BTreeMap<String, Option<Vec<u8>>>,
}

impl<'a> Overlay<'a> {
    pub(super) const fn new(below: &'a dyn ConfigFiles) -> Self {
        Self { below, changed: BTreeMap::new() }
    }

    pub(super) fn set(&mut self, path: &str, content: Option<Vec<u8>>) {
        self.changed.insert(path.to_owned(), content);
    }
}

impl ConfigFiles for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match self.changed.get(path) {
            Some(content) => Ok(content.clone()),
            None => self.below.read(path),
        }
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let mut found = self.below.glob(pattern)?;
        for (path, content) in &self.changed {
            found.retain(|found| found != path);
            if content.is_some() && names(pattern, path) {
                found.push(path.clone());
            }
        }
        found.sort();
        Ok(found)
    }
}

/// Whether a pattern names this path.
fn names(pattern: &str, path: &str) -> bool {
    let components = |text: &str| -> Vec<String> {
        text.split('/').filter(|component| !component.is_empty()).map(str::to_owned).collect()
    };
    let (patterns, parts) = (components(pattern), components(path));
    let fits = |(pattern, part): (&String, &String)| {
        Component::parse(pattern.as_bytes()).is_some_and(|component| component.matches(part.as_bytes()))
    };
    patterns.len() == parts.len() && patterns.iter().zip(&parts).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::tests::Files;

    #[test]
    fn changed_files_are_found_and_read_as_they_will_be() {
        let files = Files::of(&[("/etc/d/a.conf", "a"), ("/etc/d/c.conf", "c")]);
        let mut overlay = Overlay::new(&files);
        overlay.set("/etc/d/b.conf", Some(b"b".to_vec()));
        overlay.set("/etc/d/b.txt", Some(b"b".to_vec()));
        overlay.set("/etc/d/c.conf", None);
        assert_eq!(overlay.glob("/etc/d/*.conf"), Ok(vec!["/etc/d/a.conf".to_owned(), "/etc/d/b.conf".to_owned()]));
        assert_eq!(overlay.read("/etc/d/a.conf"), Ok(Some(b"a".to_vec())));
        assert_eq!(overlay.read("/etc/d/b.conf"), Ok(Some(b"b".to_vec())));
        assert_eq!(overlay.read("/etc/d/c.conf"), Ok(None));
        assert!(!names("/etc/*.conf", "/etc/d/b.conf") && !names("/etc/d/*.conf", "/etc/d/.b.conf"));
    }
}
