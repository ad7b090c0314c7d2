//! A day, from seconds since 1970.

/// `2026-11-22` in UTC; what lies past the year 9999 is "the end of time".
pub(super) fn day(seconds: u64) -> String {
    // Days are counted from 0000-03-01, so that a leap day ends its year, and its 400 years.
    let days = seconds.checked_div(86_400).unwrap_or(0).saturating_add(719_468);
    if days > 3_652_364 {
        return "the end of time".to_owned();
    }
    let era = days.checked_div(146_097).unwrap_or(0);
    let of_era = days.checked_rem(146_097).unwrap_or(0);
    let part = |divisor: u64| of_era.checked_div(divisor).unwrap_or(0);
    let year_of_era = (of_era.saturating_sub(part(1_460)).saturating_add(part(36_524)).saturating_sub(part(146_096)))
        .checked_div(365)
        .unwrap_or(0);
    let leap_days = year_of_era.checked_div(4).unwrap_or(0).saturating_sub(year_of_era.checked_div(100).unwrap_or(0));
    let of_year = of_era.saturating_sub(year_of_era.saturating_mul(365).saturating_add(leap_days));
    let month = of_year.saturating_mul(5).saturating_add(2).checked_div(153).unwrap_or(0);
    let before = month.saturating_mul(153).saturating_add(2).checked_div(5).unwrap_or(0);
    let day = of_year.saturating_sub(before).saturating_add(1);
    let (month, after) = if month < 10 { (month.saturating_add(3), 0) } else { (month.saturating_sub(9), 1) };
    let year = era.saturating_mul(400).saturating_add(year_of_era).saturating_add(after);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        // By date -u -d @SECONDS +%F.
        for (seconds, text) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_735_603_200, "2024-12-31"),
            (1_735_689_600, "2025-01-01"),
            (4_107_542_400, "2100-03-01"),
            (u64::MAX, "the end of time"),
        ] {
            assert_eq!(day(seconds), text);
        }
    }
}
