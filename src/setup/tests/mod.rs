mod client;
mod helper;
mod keys;
mod server;

use std::collections::BTreeMap;

use super::{Action, Plan};
use crate::config::{Component, ConfigFiles};

/// Files in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect())
    }

    /// As they are when a plan was carried out.
    pub(super) fn after(&self, plan: &Plan) -> Self {
        let mut files = self.clone();
        for step in &plan.steps {
            let Action::Write { path, old, new } = &step.action else { panic!("{step:?}") };
            assert_eq!(files.0.get(path), old.as_ref(), "{path}");
            match new {
                Some(new) => files.0.insert(path.clone(), new.clone()),
                None => files.0.remove(path),
            };
        }
        files
    }

    pub(super) fn text(&self, path: &str) -> &str {
        self.0.get(path).map_or("", |text| std::str::from_utf8(text).unwrap())
    }

    pub(super) fn paths(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

impl ConfigFiles for Files {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.get(path).cloned())
    }

    fn glob(&self, pattern: &str) -> Result<Vec<String>, String> {
        let (folder, name) = pattern.rsplit_once('/').unwrap();
        let name = Component::parse(name.as_bytes()).unwrap();
        let fits = |path: &&String| {
            path.rsplit_once('/').is_some_and(|(of, last)| of == folder && name.matches(last.as_bytes()))
        };
        Ok(self.0.keys().filter(fits).cloned().collect())
    }
}
