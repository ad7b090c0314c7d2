//! Base64 as it stands in key files: the standard alphabet, padded, nothing else.

use base64ct::{Base64, Encoding};

/// Decodes padded base64; `None` when it is none, its padding is wrong, or bits are left over.
#[must_use]
pub fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    Base64::decode_vec(std::str::from_utf8(text).ok()?).ok()
}

/// Encodes to padded base64.
#[must_use]
pub fn encode_base64(bytes: &[u8]) -> String {
    Base64::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_text_is_taken() {
        assert_eq!(decode_base64(b"AQ=="), Some(vec![1]));
        for bad in ["AQ", "AQ=", "AR==", "A Q=", "AQ==\r", "!!!!", "AQ==AQ=="] {
            assert_eq!(decode_base64(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(encode_base64(&[1]), "AQ==");
    }
}
