//! Why the system's resolver gives nothing.

/// Why a lookup gives nothing (getaddrinfo(3) and getnameinfo(3), RETURN VALUE).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolveError {
    /// There is no such name, or it has nothing of the kind asked for: EAI_NONAME, which stands for both.
    NoSuchName,
    /// The name exists, and has no address of that family: EAI_NODATA, EAI_ADDRFAMILY.
    NoAddress,
    /// Nobody answered in time, or a server failed, or no server can be reached: EAI_AGAIN, which stands for all of them.
    Again,
    /// A server's answer says that it will never know: EAI_FAIL.
    Fail,
    /// Any other number.
    Other(i32),
}

impl ResolveError {
    pub(crate) const fn of(code: libc::c_int) -> Self {
        /// glibc's, from netdb.h; libc has it for other systems only.
        const EAI_ADDRFAMILY: libc::c_int = -9;
        match code {
            libc::EAI_NONAME => Self::NoSuchName,
            libc::EAI_NODATA | EAI_ADDRFAMILY => Self::NoAddress,
            libc::EAI_AGAIN => Self::Again,
            libc::EAI_FAIL => Self::Fail,
            _ => Self::Other(code),
        }
    }
}
