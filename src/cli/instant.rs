//! Moments: RFC 3339, the dates of ssh-keygen(1) `-V`, or seconds since 1970.

#![allow(clippy::disallowed_types, reason = "the command's clock")]

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, in seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

/// Reads a moment, in seconds since 1970:
/// - `YYYYMMDD`, `YYYYMMDDHHMM` and `YYYYMMDDHHMMSS`, with `Z` or `UTC` behind them in UTC, else in the time of this
///   machine (OpenSSH: misc.c `parse_absolute_time`);
/// - [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339#section-5.6): `2026-11-22T13:30:00Z`, or with an offset; a blank
///   may stand for the `T`, the time may be missing, and without `Z` and offset it is the time of this machine, as ssh-keygen(1) `-L` prints it;
/// - digits of any other number: seconds since 1970.
pub(super) fn parse_instant(text: &str) -> Option<u64> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.contains('-') {
        return rfc3339(text);
    }
    let utc = text.strip_suffix(['Z', 'z']).or_else(|| text.strip_suffix("UTC")).or_else(|| text.strip_suffix("utc"));
    let digits = utc.unwrap_or(text);
    if !is_digits(digits) {
        return None;
    }
    match digits.len() {
        8 | 12 | 14 => {
            let padded = format!("{digits:0<14}");
            let part = |from: usize, to: usize| padded.get(from..to)?.parse::<u16>().ok();
            let short = |from, to| u8::try_from(part(from, to)?).ok();
            let moment = Moment {
                year: part(0, 4)?,
                month: short(4, 6)?,
                day: short(6, 8)?,
                hour: short(8, 10)?,
                minute: short(10, 12)?,
                second: short(12, 14)?,
            };
            if utc.is_some() { moment.in_utc() } else { moment.here() }
        }
        _ if utc.is_none() => digits.parse().ok(),
        _ => None,
    }
}

fn rfc3339(text: &str) -> Option<u64> {
    let (date, rest) = text.split_at_checked(10)?;
    if rest.is_empty() {
        let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        return Moment { year, month, day, hour: 0, minute: 0, second: 0 }.here();
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, rest) = rest.split_at_checked(8)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let short = |number: u16| u8::try_from(number).ok();
    let moment = Moment {
        year,
        month: short(month)?,
        day: short(day)?,
        hour: short(hour)?,
        minute: short(minute)?,
        second: short(second)?,
    };
    // A fraction of a second decides nothing.
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            (zone.len() < fraction.len()).then_some(zone)?
        }
        None => rest,
    };
    match zone {
        "" => moment.here(),
        "Z" | "z" => moment.in_utc(),
        offset => {
            let [hours, minutes] = numbers(offset.strip_prefix(['+', '-'])?, ':', [2, 2])?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            let seconds = u64::from(hours).checked_mul(3600)?.checked_add(u64::from(minutes).checked_mul(60)?)?;
            let utc = moment.in_utc()?;
            if offset.starts_with('+') { utc.checked_sub(seconds) } else { utc.checked_add(seconds) }
        }
    }
}

/// Numbers of these many digits, with a mark between them.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[u16; N]> {
    let mut parts = text.split(mark);
    let mut found = [0; N];
    for (number, length) in found.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != length || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

impl Moment {
    const fn is_a_time_of_day(self) -> bool {
        self.hour < 24 && self.minute < 60 && self.second < 60
    }

    fn here(self) -> Option<u64> {
        let Self { year, month, day, hour, minute, second } = self;
        hostbased_sys::local_time(year, month, day, hour, minute, second).filter(|_| self.is_a_time_of_day())
    }

    fn in_utc(self) -> Option<u64> {
        let is_leap = |year: u16| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let months = [31, if is_leap(self.year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let before = usize::from(self.month.checked_sub(1)?);
        let is_day = (1..=*months.get(before)?).contains(&self.day);
        if !is_day || self.year < 1970 || !self.is_a_time_of_day() {
            return None;
        }
        let years: u64 = (1970..self.year).map(|year| if is_leap(year) { 366 } else { 365 }).sum();
        let days = months.iter().take(before).map(|&days| u64::from(days)).sum::<u64>();
        let days = years.checked_add(days)?.checked_add(u64::from(self.day.checked_sub(1)?))?;
        let hours = days.checked_mul(24)?.checked_add(u64::from(self.hour))?;
        let minutes = hours.checked_mul(60)?.checked_add(u64::from(self.minute))?;
        minutes.checked_mul(60)?.checked_add(u64::from(self.second))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_in_every_form() {
        // `date -u -d '2026-11-22 13:30:05' +%s`
        const MOMENT: u64 = 1_795_354_205;
        for (text, moment) in [
            ("1795354205", MOMENT),
            ("20261122133005Z", MOMENT),
            ("20261122133005UTC", MOMENT),
            ("202611221330Z", MOMENT - 5),
            ("20261122Z", 1_795_305_600),
            ("2026-11-22T13:30:05Z", MOMENT),
            ("2026-11-22t13:30:05.987z", MOMENT),
            ("2026-11-22 14:30:05+01:00", MOMENT),
            ("2026-11-22T09:00:05-04:30", MOMENT),
            ("19700101Z", 0),
            ("0", 0),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2024-12-31T23:59:59Z", 1_735_689_599),
        ] {
            assert_eq!(parse_instant(text), Some(moment), "{text}");
        }
        let here = hostbased_sys::local_time(2026, 11, 22, 13, 30, 5);
        assert!(here.is_some());
        assert_eq!(parse_instant("20261122133005"), here);
        assert_eq!(parse_instant("2026-11-22T13:30:05"), here);
        assert_eq!(parse_instant("2026-11-22"), parse_instant("20261122"));
        assert!(parse_instant("2026-11-22").is_some());
    }

    #[test]
    fn near_misses_are_none() {
        for text in [
            "",
            "Z",
            "now",
            "-1",
            "+1",
            "1e9",
            "0x10",
            "1795354205Z",
            "2026112213Z",
            "20260230Z",
            "20261322Z",
            "20260001Z",
            "202611222400Z",
            "202611221360Z",
            "20261122133060Z",
            "19691231Z",
            "2026-11-2",
            "2026-13-22",
            "2026-11-22T13:30Z",
            "2026-2-30T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-02-30T00:00:00",
            "2100-02-29T00:00:00Z",
            "2026-11-22T13:30:05.Z",
            "2026-11-22T13:30:05+1:00",
            "2026-11-22T13:30:05+24:00",
            "2026-11-22T13:30:05X",
            "2026-11-22T24:00:00",
            "2026-11-22x13:30:05Z",
            "1970-01-01T00:00:00+00:01",
            "99999999999999999999999",
        ] {
            assert_eq!(parse_instant(text), None, "{text}");
        }
    }
}
