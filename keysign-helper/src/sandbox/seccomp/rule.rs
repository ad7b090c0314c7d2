//! When a call is allowed: by what the kernel shows of its arguments, which are numbers; what a pointer leads to it does
//! not show.

/// What one argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// Which argument, from 0.
    pub(super) argument: u8,
    pub(super) width: Width,
    /// Which bits of it are looked at.
    pub(super) mask: u64,
    /// What they must be.
    pub(super) value: u64,
}

/// How much of an argument the kernel itself looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// C's `int`: 32 bits.
    Int,
    /// C's `long`, and pointers: 64 bits.
    Long,
}

/// An `int` with this value.
pub(super) const fn int(argument: u8, value: i32) -> Condition {
    Condition { argument, width: Width::Int, mask: u64::MAX, value: value.cast_unsigned() as u64 }
}

/// A `long` with this value.
pub(super) const fn long(argument: u8, value: u64) -> Condition {
    Condition { argument, width: Width::Long, mask: u64::MAX, value }
}

/// A pointer that leads nowhere.
pub(super) const fn null(argument: u8) -> Condition {
    long(argument, 0)
}

/// None of these flags.
pub(super) const fn without(argument: u8, flags: i32) -> Condition {
    Condition { argument, width: Width::Int, mask: flags.cast_unsigned() as u64, value: 0 }
}

/// All of these flags.
pub(super) const fn with(argument: u8, flags: i32) -> Condition {
    let flags = flags.cast_unsigned() as u64;
    Condition { argument, width: Width::Int, mask: flags, value: flags }
}

/// One way in which a call is allowed: all of this holds.
pub(super) type Way<'a> = &'a [Condition];

/// A call, and the ways in which it is allowed; none for any way.
pub(super) type Allowed<'a> = (std::ffi::c_long, &'a [Way<'a>]);
