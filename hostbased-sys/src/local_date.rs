//! What clocks on the wall here show.

/// A date and time of day, without the year and the zone: as much as the lines of syslog(3) have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalDate {
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// From 0 to 23.
    pub hour: u8,
    /// From 0 to 59.
    pub minute: u8,
    /// From 0 to 60.
    pub second: u8,
}

/// What clocks here show in this second since 1970 (localtime_r(3); the zone is that of `TZ`, else of `/etc/localtime`,
/// which is read the first time). None where the year does not fit the C library's number.
#[must_use]
pub fn local_date(second: u64) -> Option<LocalDate> {
    let second = libc::time_t::try_from(second).ok()?;
    // SAFETY: `tm` is numbers and one pointer, the zone's name, which may be null and which we do not read.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to whole values that are ours alone; localtime_r reads the one, writes the other, and keeps
    // neither.
    if unsafe { libc::localtime_r(&raw const second, &raw mut tm) }.is_null() {
        return None;
    }
    Some(LocalDate {
        month: u8::try_from(tm.tm_mon.checked_add(1)?).ok()?,
        day: u8::try_from(tm.tm_mday).ok()?,
        hour: u8::try_from(tm.tm_hour).ok()?,
        minute: u8::try_from(tm.tm_min).ok()?,
        second: u8::try_from(tm.tm_sec).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `date` says: the same zone, asked by another program.
    fn date(second: u64) -> String {
        let output = std::process::Command::new("date").args(["-d", &format!("@{second}"), "+%m %d %H %M %S"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn it_is_the_date_of_the_machine() {
        for second in [0, 1_782_909_015, 1_798_761_599, 951_782_400] {
            let LocalDate { month, day, hour, minute, second: seconds } = local_date(second).unwrap();
            assert_eq!(format!("{month:02} {day:02} {hour:02} {minute:02} {seconds:02}"), date(second));
        }
    }

    #[test]
    fn a_year_that_does_not_fit_is_none() {
        assert_eq!(local_date(u64::MAX), None);
        assert_eq!(local_date(u64::MAX / 2), None);
    }
}
