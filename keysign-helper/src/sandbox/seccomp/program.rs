//! From a list of calls to a program of the kernel's (classic BPF over `struct seccomp_data`; seccomp(2), bpf_common.h).
//!
//! seccompiler makes such programs as well, and the tests hold ours to the same answers. Its own compare a call with each
//! in the list, with five instructions for each; and while a filter is put into force the kernel goes through it once for
//! every call that there is (kernel/seccomp.c, `seccomp_cache_prepare_bitmap`). That makes 340 microseconds for the list
//! of stage one, for one signature. These first find the part of the list that a call may be in, which makes 100.

use std::ops::Range;

use seccompiler::{BpfProgram, sock_filter};

use super::rule::{Allowed, Condition, Way, Width};

// Instructions: load a word; keep some bits; jump; jump if equal, if not less; answer.
const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const IF_EQUAL: u16 = 0x15;
const IF_NOT_LESS: u16 = 0x35;
const ANSWER: u16 = 0x06;

// Where things are in `struct seccomp_data`, in bytes.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const ARGUMENTS: u32 = 16;

// Answers (include/uapi/linux/seccomp.h).
const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const FAIL: u32 = 0x0005_0000;

/// The architecture whose numbers these are (include/uapi/linux/audit.h): a program can make calls of a 32-bit one too.
#[cfg(target_arch = "x86_64")]
const OURS: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const OURS: u32 = 0xc000_00b7;
#[cfg(target_arch = "riscv64")]
const OURS: u32 = 0xc000_00f3;

/// Calls in one part: the most that keep every jump within a part below 256.
const PART: usize = 8;

/// What happens to a call that is not in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Otherwise {
    /// It fails with this error.
    Fails(nix::errno::Errno),
    /// The process ends by SIGSYS, which it can neither block nor catch.
    Ends,
}

/// The program for this list, in which each call stands once; none when a jump in it would be too far, or the list is
/// empty.
///
/// A call of another architecture ends the process.
pub(super) fn program(allowed: &[Allowed<'_>], otherwise: Otherwise) -> Option<BpfProgram> {
    let otherwise = match otherwise {
        Otherwise::Fails(errno) => FAIL | (errno as i32).cast_unsigned(),
        Otherwise::Ends => KILL_PROCESS,
    };
    let mut sorted = allowed.to_vec();
    sorted.sort_unstable_by_key(|&(call, _)| call);
    let mut parts = BpfProgram::with_capacity(1024);
    let mut places: Vec<(u32, Range<usize>)> = Vec::new();
    for some in sorted.chunks(PART) {
        let from = parts.len();
        part(&mut parts, some, otherwise)?;
        places.push((u32::try_from(some.first()?.0).ok()?, from..parts.len()));
    }
    let mut program = BpfProgram::with_capacity(1024);
    program.push(instruction(LOAD, ARCHITECTURE, 0, 0));
    program.push(instruction(IF_EQUAL, OURS, 1, 0));
    program.push(instruction(ANSWER, KILL_PROCESS, 0, 0));
    program.push(instruction(LOAD, NUMBER, 0, 0));
    // To the last part whose first call is not behind this one; what is before all of them falls through to the first.
    for (index, (first, place)) in places.iter().enumerate().skip(1).rev() {
        let jumps_between = index.checked_sub(1)?.checked_mul(2)?;
        let distance = u32::try_from(jumps_between.checked_add(place.start)?).ok()?;
        program.push(instruction(IF_NOT_LESS, *first, 0, 1));
        program.push(instruction(JUMP, distance, 0, 0));
    }
    program.extend(parts);
    // Without a part there is no answer.
    (!places.is_empty()).then_some(program)
}

/// A few calls: the call's number is loaded when this begins, and it always comes to an answer.
fn part(program: &mut BpfProgram, some: &[Allowed<'_>], otherwise: u32) -> Option<()> {
    let (plain, with_ways): (Vec<_>, Vec<_>) = some.iter().copied().partition(|(_, ways)| ways.is_empty());
    for (call, ways) in with_ways {
        let mut body = BpfProgram::new();
        for way in ways {
            append_way(&mut body, way)?;
        }
        body.push(instruction(ANSWER, otherwise, 0, 0));
        let over_it = u8::try_from(body.len()).ok()?;
        program.push(instruction(IF_EQUAL, u32::try_from(call).ok()?, 0, over_it));
        program.append(&mut body);
    }
    let count = u8::try_from(plain.len()).ok()?;
    for (index, (call, _)) in (1..=count).zip(plain) {
        // Over the other calls, and over the refusal.
        let to_allowed = count.checked_sub(index)?.checked_add(1)?;
        program.push(instruction(IF_EQUAL, u32::try_from(call).ok()?, to_allowed, 0));
    }
    program.push(instruction(ANSWER, otherwise, 0, 0));
    program.push(instruction(ANSWER, ALLOW, 0, 0));
    Some(())
}

/// Allows when all of this holds; goes on behind itself when something does not.
fn append_way(body: &mut BpfProgram, way: Way<'_>) -> Option<()> {
    let mut tests = BpfProgram::new();
    for condition in way {
        append_condition(&mut tests, condition)?;
    }
    let length = tests.len();
    for (index, test) in tests.iter_mut().enumerate().filter(|(_, test)| test.code == IF_EQUAL) {
        // To behind the answer, which stands behind the last test.
        test.jf = u8::try_from(length.checked_sub(index)?).ok()?;
    }
    body.append(&mut tests);
    body.push(instruction(ANSWER, ALLOW, 0, 0));
    Some(())
}

/// Compares one argument, the lower half first (the architectures of `OURS` are little-endian).
fn append_condition(tests: &mut BpfProgram, condition: &Condition) -> Option<()> {
    let at = u32::from(condition.argument).checked_mul(8)?.checked_add(ARGUMENTS)?;
    let half = |number: u64, upper: bool| u32::try_from(if upper { number >> 32 } else { number & 0xffff_ffff }).ok();
    for upper in [false, true] {
        if upper && condition.width == Width::Int {
            break;
        }
        let (mask, value) = (half(condition.mask, upper)?, half(condition.value, upper)?);
        tests.push(instruction(LOAD, if upper { at.checked_add(4)? } else { at }, 0, 0));
        if mask != u32::MAX {
            tests.push(instruction(AND, mask, 0, 0));
        }
        tests.push(instruction(IF_EQUAL, value, 0, 0));
    }
    Some(())
}

const fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests;
