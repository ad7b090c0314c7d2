//! Where both helpers refuse, and their last lines are not the same.

/// What such a difference is called; none for one that nobody has looked at.
pub(crate) fn name_of(ours: &str, theirs: &str) -> Option<&'static str> {
    let invalid = "ssh-keysign: not a valid request";
    let incomplete = "ssh-keysign: buffer error: incomplete message";
    let parse = "valid_request: parse ";
    match (ours, theirs) {
        _ if ours == theirs => Some("none"),
        // 128 MiB there. Here each field has its own limit, which more lengths are above.
        (_, _) if theirs.ends_with("string is too large") && [invalid, incomplete].contains(&ours) => Some("limit"),
        // Data that is wrong in several ways: ours parses all of it strictly, field by field, before it compares any.
        (_, _) if theirs.starts_with(parse) && (ours == invalid || ours.starts_with(parse)) => Some("first fault"),
        // The frame too is parsed as a whole, before its descriptor is looked at.
        (_, _) if theirs.starts_with("ssh-keysign: bad fd = -") && ours == incomplete => Some("frame first"),
        // OpenSSH's takes the host name for a descriptor that has none, and finds that the request is not for it.
        ("ssh-keysign: cannot get local name for fd", _) if theirs == invalid || theirs.starts_with(parse) => {
            Some("descriptor")
        }
        _ => None,
    }
}

mod tests {
    use super::name_of;

    #[test]
    fn a_difference_that_is_not_known_has_no_name() {
        assert_eq!(name_of("a", "a"), Some("none"));
        assert_eq!(name_of("ssh-keysign: not a valid request", "(signed)"), None);
        assert_eq!(name_of("(signed)", "ssh-keysign: not a valid request"), None);
        assert_eq!(name_of("valid_request: parse user: invalid format", "(signed)"), None);
        assert_eq!(name_of("ssh-keysign: cannot get local name for fd", "(signed)"), None);
    }
}
