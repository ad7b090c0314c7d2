//! Time texts: `5`, `90s`, `1m30` (sshd_config(5), TIME FORMATS; OpenSSH: misc.c `convtime`).

use std::time::Duration;

/// Reads a length of time: numbers, each followed by `s`, `m`, `h`, `d`, `w` or, for seconds, nothing. Seconds may
/// have a fraction, which OpenSSH drops and we keep; more than `i32::MAX` seconds are refused.
pub(super) fn parse_time(text: &str) -> Option<Duration> {
    let mut total = Duration::ZERO;
    let mut seconds_seen = false;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at_checked(end)?;
        let mut characters = tail.chars();
        let scale = match characters.next().map(|unit| unit.to_ascii_lowercase()) {
            None | Some('s') if !seconds_seen => {
                seconds_seen = true;
                1
            }
            Some('m') => 60,
            Some('h') => 60 * 60,
            Some('d') => 24 * 60 * 60,
            Some('w') => 7 * 24 * 60 * 60,
            _ => return None,
        };
        let value = if scale == 1 { seconds(number)? } else { Duration::from_secs(number.parse().ok()?) };
        total = total.checked_add(value.checked_mul(scale)?)?;
        rest = characters.as_str();
    }
    (!text.is_empty() && total.as_secs() <= u64::from(i32::MAX.unsigned_abs())).then_some(total)
}

fn seconds(number: &str) -> Option<Duration> {
    let Some((whole, fraction)) = number.split_once('.') else { return number.parse().ok().map(Duration::from_secs) };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let nanoseconds: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(Duration::new(whole, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_openssh_reads_them() {
        for (text, milliseconds) in [
            ("5", Some(5_000)),
            ("0", Some(0)),
            ("90s", Some(90_000)),
            ("1m", Some(60_000)),
            ("1M30", Some(90_000)),
            ("1h30m", Some(5_400_000)),
            ("1w2d", Some(777_600_000)),
            ("0.25", Some(250)),
            (".5s", Some(500)),
            ("", None),
            ("s", None),
            ("-1", None),
            ("+1", None),
            ("5 ", None),
            ("5x", None),
            ("5s5s", None),
            ("5s5", None),
            ("1.m", None),
            ("1.5m", None),
            ("1.", None),
            ("1.2.3", None),
            ("1e3", None),
            ("2147483648", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse_time(text), milliseconds.map(Duration::from_millis), "{text:?}");
        }
    }
}
