//! The programs, run by an interpreter of our own, beside what the list says and beside seccompiler's programs.
#![allow(clippy::arithmetic_side_effects, reason = "a test fails by a panic")]

use std::collections::BTreeMap;

use nix::errno::Errno;
use nix::libc;
use seccompiler::{
    SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule, TargetArch,
};

use super::*;
use crate::sandbox::seccomp::rule::{int, long, null, with, without};
use crate::sandbox::seccomp::{stage_one, stage_two};

/// A call as the kernel shows it to a filter.
#[derive(Clone, Copy, Debug)]
struct Call {
    architecture: u32,
    number: u32,
    arguments: [u64; 6],
}

impl Call {
    fn word(&self, at: u32) -> u32 {
        match at {
            NUMBER => self.number,
            ARCHITECTURE => self.architecture,
            _ => {
                let at = at - ARGUMENTS;
                let argument = self.arguments[usize::try_from(at / 8).unwrap()];
                u32::try_from(if at % 8 == 4 { argument >> 32 } else { argument & 0xffff_ffff }).unwrap()
            }
        }
    }
}

/// What the kernel does with this program (bpf(4), seccomp(2)).
fn run(program: &[sock_filter], call: &Call) -> u32 {
    let (mut at, mut word) = (0, 0);
    loop {
        let sock_filter { code, jt, jf, k } = program[at].clone();
        let jump = |condition: bool| usize::from(if condition { jt } else { jf });
        at += 1;
        match code {
            LOAD => word = call.word(k),
            AND => word &= k,
            JUMP => at += usize::try_from(k).unwrap(),
            IF_EQUAL => at += jump(word == k),
            IF_NOT_LESS => at += jump(word >= k),
            // "if greater": of seccompiler's only.
            0x25 => at += jump(word > k),
            ANSWER => return k,
            other => panic!("instruction {other:#x}"),
        }
    }
}

/// What the list itself says.
fn expected(list: &[Allowed<'_>], otherwise: u32, call: &Call) -> u32 {
    if call.architecture != OURS {
        return KILL_PROCESS;
    }
    let holds = |condition: &Condition| {
        let seen = call.arguments[usize::from(condition.argument)];
        match condition.width {
            Width::Int => (seen & condition.mask) & 0xffff_ffff == condition.value & 0xffff_ffff,
            Width::Long => seen & condition.mask == condition.value,
        }
    };
    let found = list.iter().find(|(number, _)| u32::try_from(*number).unwrap() == call.number);
    match found {
        Some((_, ways)) if ways.is_empty() || ways.iter().any(|way| way.iter().all(holds)) => ALLOW,
        _ => otherwise,
    }
}

/// What seccompiler makes of the list.
fn theirs(list: &[Allowed<'_>], otherwise: SeccompAction) -> BpfProgram {
    let condition = |of: &Condition| {
        let width = if of.width == Width::Int { SeccompCmpArgLen::Dword } else { SeccompCmpArgLen::Qword };
        let operator = if of.mask == u64::MAX { SeccompCmpOp::Eq } else { SeccompCmpOp::MaskedEq(of.mask) };
        SeccompCondition::new(of.argument, width, operator, of.value).unwrap()
    };
    let rules: BTreeMap<i64, Vec<SeccompRule>> = list
        .iter()
        .map(|&(call, ways)| {
            (call, ways.iter().map(|way| SeccompRule::new(way.iter().map(condition).collect()).unwrap()).collect())
        })
        .collect();
    let architecture = TargetArch::try_from(std::env::consts::ARCH).unwrap();
    SeccompFilter::new(rules, otherwise, SeccompAction::Allow, architecture).unwrap().try_into().unwrap()
}

/// Arguments that lists of this kind look for, and their neighbours.
fn arguments(list: &[Allowed<'_>], number: u32) -> Vec<[u64; 6]> {
    let Some((_, ways)) = list.iter().find(|(call, _)| u32::try_from(*call).unwrap() == number) else {
        return vec![[0; 6], [1; 6]];
    };
    let mut values = vec![0, 1, u64::from(u32::MAX), u64::MAX, 1 << 32];
    for condition in ways.iter().copied().flatten() {
        values.extend([condition.value, condition.value ^ 1, condition.value | 1 << 32, condition.mask]);
    }
    values.sort_unstable();
    values.dedup();
    // All arguments alike, then each pair that differs.
    let mut all: Vec<[u64; 6]> = values.iter().map(|&value| [value; 6]).collect();
    for &one in &values {
        for &other in &values {
            all.push([one, other, one, other, one, other]);
            all.push([other, one, one, one, other, other]);
            all.push([one, one, one, other, one, one]);
            all.push([one, one, one, one, other, one]);
        }
    }
    all
}

fn compare(list: &[Allowed<'_>]) {
    for (otherwise, answer, action) in [
        (Otherwise::Fails(Errno::EPERM), FAIL | 1, SeccompAction::Errno(1)),
        (Otherwise::Ends, KILL_PROCESS, SeccompAction::KillProcess),
    ] {
        let (ours, theirs) = (program(list, otherwise).unwrap(), theirs(list, action));
        assert!(ours.len() < theirs.len());
        let numbers = (0..1024).chain([0x4000_0000, 0x4000_0001, 0x4000_003b, u32::MAX]);
        for number in numbers {
            for arguments in arguments(list, number) {
                let call = Call { architecture: OURS, number, arguments };
                let found = run(&ours, &call);
                assert_eq!(found, expected(list, answer, &call), "{call:?}");
                assert_eq!(found, run(&theirs, &call), "{call:?}");
            }
            // Of the 32-bit architecture, which this machine knows too (AUDIT_ARCH_I386).
            let foreign = Call { architecture: 0x4000_0003, number, arguments: [0; 6] };
            assert_eq!(run(&ours, &foreign), KILL_PROCESS);
            assert_eq!(run(&theirs, &foreign), KILL_PROCESS);
        }
    }
}

#[test]
fn both_stages_answer_as_their_lists_say_and_as_seccompilers_programs() {
    stage_one::with_list(compare);
    stage_two::with_list(&[], compare);
    let (one, other) = std::io::pipe().unwrap();
    let descriptors = [std::os::fd::AsFd::as_fd(&one), std::os::fd::AsFd::as_fd(&other)];
    stage_two::with_list(&descriptors, compare);
}

#[test]
fn each_call_stands_once_in_a_list() {
    let once = |list: &[Allowed<'_>]| {
        let mut numbers: Vec<_> = list.iter().map(|(number, _)| number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), list.len());
    };
    stage_one::with_list(once);
    stage_two::with_list(&[], once);
}

#[test]
fn any_list_is_compiled() {
    let conditions = [int(0, -1), int(5, i32::MIN), long(1, u64::MAX), null(2), without(3, -1), with(4, 6)];
    let two: [&[Condition]; 2] = [&conditions[..2], &conditions[2..]];
    let one: [&[Condition]; 1] = [&conditions[..]];
    let many: Vec<Way<'_>> = conditions.iter().map(std::slice::from_ref).collect();
    for length in 1..40_i64 {
        let ways = |number: i64| -> &[Way<'_>] {
            match number % 5 {
                0 => &two,
                1 => &one,
                2 => &many,
                _ => &[],
            }
        };
        let list: Vec<Allowed<'_>> = (0..length).map(|number| (number * 3 % 101, ways(number))).collect();
        let program = program(&list, Otherwise::Ends).unwrap();
        for number in 0..110 {
            for arguments in arguments(&list, number).into_iter().take(200) {
                let call = Call { architecture: OURS, number, arguments };
                assert_eq!(run(&program, &call), expected(&list, KILL_PROCESS, &call), "{length} {call:?}");
            }
        }
    }
}

#[test]
fn a_jump_that_is_too_far_makes_no_program() {
    let conditions: Vec<[Condition; 1]> = (0..100).map(|value| [int(0, value)]).collect();
    let ways: Vec<Way<'_>> = conditions.iter().map(|way| &way[..]).collect();
    assert!(program(&[(libc::SYS_write, &ways)], Otherwise::Ends).is_none());
    assert!(program(&[(libc::SYS_write, &ways[..84])], Otherwise::Ends).is_some());
    assert!(program(&[(-1, &[])], Otherwise::Ends).is_none());
    // Nothing to come to an answer in.
    assert!(program(&[], Otherwise::Ends).is_none());
}
