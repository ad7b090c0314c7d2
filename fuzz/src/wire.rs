//! RFC 4251 section 5, read naively.

/// Takes a `string` off the front.
pub fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(u32::from_be_bytes(bytes(rest, 4)?.try_into().ok()?)).ok()?;
    bytes(rest, length)
}

/// Takes so many bytes off the front.
pub fn bytes<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    if rest.len() < count {
        return None;
    }
    let (taken, behind) = rest.split_at(count);
    *rest = behind;
    Some(taken)
}

/// Takes an `uint64` off the front.
pub fn uint64(rest: &mut &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(bytes(rest, 8)?.try_into().ok()?))
}

/// The same bytes as a `string`.
pub fn to_string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// A name as the protocol's fields hold it: some bytes, none of them NUL.
pub fn is_name(name: &[u8], most: usize) -> bool {
    !name.is_empty() && name.len() <= most && !name.contains(&0)
}

/// The fields of message 50 that come before the signature: user, algorithm, key, host, user there.
pub struct Fields<'a> {
    pub user: &'a [u8],
    pub algorithm: &'a [u8],
    pub key: &'a [u8],
    pub host: &'a [u8],
    pub client_user: &'a [u8],
}

/// Reads these fields of a hostbased request (RFC 4252 section 9) with the limits that the library documents.
pub fn request_fields<'a>(rest: &mut &'a [u8]) -> Option<Fields<'a>> {
    if bytes(rest, 1)? != [50] {
        return None;
    }
    let user = string(rest)?;
    if string(rest)? != b"ssh-connection" || string(rest)? != b"hostbased" {
        return None;
    }
    let fields =
        Fields { user, algorithm: string(rest)?, key: string(rest)?, host: string(rest)?, client_user: string(rest)? };
    let names = is_name(fields.user, 1024) && is_name(fields.host, 1024) && is_name(fields.client_user, 1024);
    (names && is_name(fields.algorithm, 64) && fields.key.len() <= 64 * 1024).then_some(fields)
}
