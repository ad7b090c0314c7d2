//! What has been read so far: first value wins, and what cannot be known stays unknown.

/// Whether the lines of a block count. A block is read with the smaller of its own answer and that of the block around
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Applies {
    No,
    /// It depends on what the helper does not evaluate, as `Match exec`: such a block can forbid, never permit.
    Unsure,
    Yes,
}

impl Applies {
    /// Turns what is known around; what is not known stays so.
    pub(super) const fn negate_if(self, negate: bool) -> Self {
        match (self, negate) {
            (Self::Yes, true) => Self::No,
            (Self::No, true) => Self::Yes,
            _ => self,
        }
    }
}

impl From<bool> for Applies {
    fn from(applies: bool) -> Self {
        if applies { Self::Yes } else { Self::No }
    }
}

/// A value that later lines may ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Unset,
    Set(Vec<u8>),
    /// Set in a block that may apply or not.
    Unsure,
}

impl Setting {
    /// Takes a value unless there is one.
    pub(super) fn offer(&mut self, applies: Applies, value: &[u8]) {
        if *self == Self::Unset {
            match applies {
                Applies::Yes => *self = Self::Set(value.to_vec()),
                Applies::Unsure => *self = Self::Unsure,
                Applies::No => {}
            }
        }
    }
}

/// The values that the helper cares for.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// EnableSSHKeysign.
    pub(super) enabled: Option<bool>,
    pub(super) ignore_unknown: Setting,
    pub(super) user: Setting,
    pub(super) hostname: Setting,
    pub(super) tag: Setting,
    pub(super) session_type: Setting,
}

impl Settings {
    pub(super) const fn new() -> Self {
        Self {
            enabled: None,
            ignore_unknown: Setting::Unset,
            user: Setting::Unset,
            hostname: Setting::Unset,
            tag: Setting::Unset,
            session_type: Setting::Unset,
        }
    }

    /// Takes a value of EnableSSHKeysign unless there is one.
    pub(super) fn offer_enabled(&mut self, applies: Applies, value: bool) {
        let counts = match applies {
            Applies::Yes => true,
            Applies::Unsure => !value,
            Applies::No => false,
        };
        if counts && self.enabled.is_none() {
            self.enabled = Some(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_wins_and_an_unsure_one_can_only_forbid() {
        use Applies::{No, Unsure, Yes};
        for (offers, expected) in [
            (&[(Yes, true)][..], Some(true)),
            (&[(Yes, false), (Yes, true)], Some(false)),
            (&[(Yes, true), (Yes, false)], Some(true)),
            (&[(Unsure, true)], None),
            (&[(Unsure, false), (Yes, true)], Some(false)),
            (&[(Unsure, true), (Yes, false)], Some(false)),
            (&[(No, false), (Yes, true)], Some(true)),
            (&[(No, true)], None),
        ] {
            let mut settings = Settings::new();
            for &(applies, value) in offers {
                settings.offer_enabled(applies, value);
            }
            assert_eq!(settings.enabled, expected, "{offers:?}");
        }
    }

    #[test]
    fn a_value_of_an_unsure_block_is_unknown() {
        let mut user = Setting::Unset;
        user.offer(Applies::No, b"a");
        assert_eq!(user, Setting::Unset);
        user.offer(Applies::Unsure, b"b");
        user.offer(Applies::Yes, b"c");
        assert_eq!(user, Setting::Unsure);
    }
}
