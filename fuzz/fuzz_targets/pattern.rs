//! Wildcards and lists of them, beside a matcher that tries everything. The first line of an input is the text, then a list.
#![no_main]

use hostbased::pattern::{Case, matches, matches_list};
use hostbased_fuzz::pattern::{naive, naive_list, takes_long};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
    let (text, list) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    for case in [Case::Sensitive, Case::Fold] {
        let ours = matches_list(text, list, case);
        if !takes_long(text, list) {
            assert_eq!(ours, naive_list(text, list, case));
        }
    }
    let ours = matches(text, list);
    if !takes_long(text, list) {
        assert_eq!(ours, naive(text, list));
    }
    assert!(matches(text, b"*"));
});
