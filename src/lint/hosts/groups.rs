//! Entries that share a name are one host: a disjoint-set forest over the lines, so that a million of them take seconds.

use std::collections::HashMap;

/// Sets of lines, joined as they turn out to share a name. Names are in lower case.
#[derive(Default)]
pub(super) struct Groups {
    /// For each member the one above it; a set's first member is above itself.
    parents: Vec<usize>,
    by_name: HashMap<Vec<u8>, usize>,
    /// Each name once, with the member that brought it.
    names: Vec<(usize, Vec<u8>)>,
}

impl Groups {
    /// A member with these names, which may join sets.
    pub(super) fn add(&mut self, names: impl Iterator<Item = Vec<u8>>) -> usize {
        let member = self.parents.len();
        self.parents.push(member);
        for name in names {
            match self.by_name.get(&name) {
                Some(&other) => self.join(member, other),
                None => {
                    self.by_name.insert(name.clone(), member);
                    self.names.push((member, name));
                }
            }
        }
        member
    }

    /// The set that a name is in.
    pub(super) fn of_name(&mut self, name: &[u8]) -> Option<usize> {
        let member = *self.by_name.get(&name.to_ascii_lowercase())?;
        Some(self.root(member))
    }

    /// The set of a member: its first one.
    pub(super) fn root(&mut self, member: usize) -> usize {
        let mut root = member;
        while let Some(&above) = self.parents.get(root).filter(|&&above| above != root) {
            root = above;
        }
        // Everybody on the way is led straight there.
        let mut here = member;
        while let Some(above) = self.parents.get_mut(here).filter(|above| **above != root) {
            here = std::mem::replace(above, root);
        }
        root
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }

    /// Every name that is known.
    pub(super) fn known_names(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.by_name.keys()
    }

    /// The names, each with its set.
    pub(super) fn take_names(&mut self) -> Vec<(usize, Vec<u8>)> {
        let names = std::mem::take(&mut self.names);
        names.into_iter().map(|(member, name)| (self.root(member), name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_with_a_name_in_common_are_one_set() {
        let mut groups = Groups::default();
        let mut add = |names: &[&str]| groups.add(names.iter().map(|name| name.as_bytes().to_vec()));
        let [a, b, c, d] = [add(&["a", "1"]), add(&["b"]), add(&["c"]), add(&["b", "1"])];
        assert_eq!([a, b, c, d].map(|member| groups.root(member)), [0, 0, 2, 0]);
        assert_eq!(groups.of_name(b"B"), Some(0));
        assert_eq!(groups.of_name(b"x"), None);
        let names: Vec<_> =
            groups.take_names().into_iter().map(|(set, name)| (set, String::from_utf8(name).unwrap())).collect();
        assert_eq!(names, [(0, "a".into()), (0, "1".into()), (0, "b".into()), (2, "c".into())]);
    }
}
