//! What the lab asks of the helper under test: here nobody uses one.

use std::path::Path;

/// Either of the two will do.
pub(crate) struct UnderTest;

impl UnderTest {
    pub(crate) const fn chosen() -> Self {
        Self
    }

    pub(crate) const fn name(self) -> &'static str {
        "either"
    }
}

/// OpenSSH's own, which is there.
pub(crate) fn helper() -> &'static Path {
    crate::lab::helper_place()
}
