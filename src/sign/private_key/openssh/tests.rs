//! ECDSA keys whose private number is short.

use super::super::unwrap_pem;
use super::*;

/// P-256 keys whose numbers have 31 and 29 bytes: by openssl from chosen numbers, in this form by ssh-keygen 9.2.
const SHORT: [&str; 2] = [
    "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQQXxbLv9itg6Kl0lKzDcI64IyASogBF
MNLDQeIvdPQrI02jZpjQoiEE6BRNpdCRJJIxk+pM5X7RYWa+EVtCeAZCAAAAmI0+cqSNPn
KkAAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBfFsu/2K2DoqXSU
rMNwjrgjIBKiAEUw0sNB4i909CsjTaNmmNCiIQToFE2l0JEkkjGT6kzlftFhZr4RW0J4Bk
IAAAAfASNFZ4mrze8jRWeJq83vI0VniavN7yNFZ4mrze8BIwAAAAAB
-----END OPENSSH PRIVATE KEY-----
",
    "\
-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAaAAAABNlY2RzYS
1zaGEyLW5pc3RwMjU2AAAACG5pc3RwMjU2AAAAQQSXdctUeJ1h9Emrv1mROL9IcTaqroCf
Ch+FOlT1QhJAkWR1C4WpPFtH6jL+uVlns6ipqTcDMGGZH+bF2HUlaVU+AAAAmJ01C3idNQ
t4AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJd1y1R4nWH0Sau/
WZE4v0hxNqqugJ8KH4U6VPVCEkCRZHULhak8W0fqMv65WWezqKmpNwMwYZkf5sXYdSVpVT
4AAAAdQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAMDkAAAAAAQID
-----END OPENSSH PRIVATE KEY-----
",
];

fn file(text: &str) -> Vec<u8> {
    unwrap_pem(text.as_bytes()).unwrap().1.to_vec()
}

#[test]
fn a_number_with_zeros_in_front_is_the_keys() {
    for text in SHORT {
        let file = file(text);
        let (_, public) = public_part(&file).unwrap();
        assert_eq!(secret(&file).unwrap().public_key().unwrap(), public.unwrap());
    }
}

/// The file with one byte changed, so many from its end.
fn changed(from_end: usize) -> Result<BaseType, PrivateKeyError> {
    let mut file = file(SHORT[0]);
    *file.iter_mut().rev().take(from_end).last().unwrap() ^= 1;
    secret(&file).map(|_| BaseType::EcdsaP256)
}

#[test]
fn what_is_damaged_is_refused() {
    const PADDING: usize = 1;
    // The number, the empty comment, the padding.
    const LENGTH_OF_NUMBER: usize = 31 + 4 + PADDING + 1;
    let damaged = Err(PrivateKeyError::Damaged("private part"));
    let private = {
        let file = file(SHORT[0]);
        let mut reader = Reader::new(&file);
        header(&mut reader).unwrap();
        reader.rest().len()
    };
    for from_end in [PADDING, PADDING + 4, LENGTH_OF_NUMBER, private - 4, private - 12, private - 20, private] {
        assert_eq!(changed(from_end), damaged, "{from_end} from the end");
    }
    let mut longer = file(SHORT[0]);
    longer.push(2);
    assert_eq!(secret(&longer).err(), damaged.err());
}

#[test]
fn numbers_are_positive_and_fit() {
    assert_eq!(positive(&[0, 0x80]), Some(&[0x80][..]));
    assert_eq!(positive(&[0, 0, 1]), Some(&[1][..]));
    for none in [&[][..], &[0], &[0, 0], &[0x80], &[0xff, 1]] {
        assert_eq!(positive(none), None, "{none:?}");
    }
}
