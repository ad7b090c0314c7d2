//! Wildcards, by trying everything.

use hostbased::pattern::{Case, ListMatch, MAX_PATTERN_BYTES};

/// Whether trying everything would take too long.
pub fn takes_long(text: &[u8], list: &[u8]) -> bool {
    text.len() > 32 || list.split(|&byte| byte == b',').any(|one| one.iter().filter(|&&byte| byte == b'*').count() > 4)
}

/// OpenSSH: match.c `match_pattern`.
pub fn naive(text: &[u8], pattern: &[u8]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=text.len()).any(|skipped| naive(&text[skipped..], rest)),
        ([b'?', rest @ ..], [_, text @ ..]) => naive(text, rest),
        ([wanted, rest @ ..], [byte, text @ ..]) => wanted == byte && naive(text, rest),
        _ => false,
    }
}

/// OpenSSH: match.c `match_pattern_list`.
pub fn naive_list(text: &[u8], list: &[u8], case: Case) -> ListMatch {
    let fold = |bytes: &[u8]| match case {
        Case::Sensitive => bytes.to_vec(),
        Case::Fold => bytes.to_ascii_lowercase(),
    };
    let mut result = ListMatch::No;
    for element in list.split(|&byte| byte == b',') {
        let pattern = element.strip_prefix(b"!").unwrap_or(element);
        if pattern.len() >= MAX_PATTERN_BYTES {
            return ListMatch::No;
        }
        if naive(&fold(text), &fold(pattern)) {
            if element.starts_with(b"!") {
                return ListMatch::Negated;
            }
            result = ListMatch::Yes;
        }
    }
    result
}
