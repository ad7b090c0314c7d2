//! What a clock on the wall here means.

/// The second since 1970 at which clocks here show this date and time (mktime(3); the zone is that of `TZ`, else of
/// `/etc/localtime`). Months and days count from 1. None for a date that there is not, such as the 30th of February, and
/// before 1970. Where clocks are put back, one of both seconds.
#[must_use]
pub fn local_time(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<u64> {
    // SAFETY: `tm` is numbers and one pointer, the zone's name, which may be null and which mktime does not read.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    tm.tm_year = i32::from(year).checked_sub(1900)?;
    tm.tm_mon = i32::from(month).checked_sub(1)?;
    tm.tm_mday = i32::from(day);
    tm.tm_hour = i32::from(hour);
    tm.tm_min = i32::from(minute);
    tm.tm_sec = i32::from(second);
    tm.tm_isdst = -1; // whether it is summer is the zone's to say
    // SAFETY: the pointer is to a whole `tm` that is ours alone; mktime writes into it and keeps nothing of it.
    let seconds = unsafe { libc::mktime(&raw mut tm) };
    // mktime takes the 30th of February for the 2nd of March, and says so in `tm`.
    let same_day = tm.tm_mday == i32::from(day) && tm.tm_mon == i32::from(month).checked_sub(1)?;
    u64::try_from(seconds).ok().filter(|_| same_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `date` says: the same zone, asked by another program.
    fn date(text: &str) -> u64 {
        let output = std::process::Command::new("date").args(["-d", text, "+%s"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    }

    #[test]
    fn it_is_the_time_of_the_machine() {
        assert_eq!(local_time(2026, 7, 1, 12, 30, 15), Some(date("2026-07-01 12:30:15")));
        assert_eq!(local_time(2026, 1, 31, 23, 59, 59), Some(date("2026-01-31 23:59:59")));
    }

    #[test]
    fn dates_that_there_are_not_are_none() {
        assert_eq!(local_time(2026, 2, 30, 0, 0, 0), None);
        assert_eq!(local_time(2026, 13, 1, 0, 0, 0), None);
        assert_eq!(local_time(2026, 0, 1, 0, 0, 0), None);
        assert_eq!(local_time(1960, 1, 1, 0, 0, 0), None);
    }
}
