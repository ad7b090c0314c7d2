//! Lists of keys.

use std::path::{Path, PathBuf};

use hostbased::key::{PublicKey, encode_base64};
use hostbased::revoked::RevokedKeys;
use hostbased::wire::Writer;

use crate::lab::{Lab, Verdicts, run, ssh_keygen, succeeds};
use crate::random::Random;

/// Signatures by which `ssh-keygen -Y verify -r` tells what a list of keys says.
struct Signers {
    lab: Lab,
    signed: Vec<(PathBuf, PublicKey)>,
}

impl Signers {
    fn new() -> Self {
        let lab = Lab::new();
        std::fs::write(lab.path("message"), "message").unwrap();
        std::fs::write(lab.path("allowed"), "").unwrap();
        let mut signed = Vec::new();
        for name in ["ed25519.pub", "ecdsa.pub", "rsa.pub", "3-cert.pub", "9-cert.pub"] {
            let path = lab.path("message");
            succeeds(ssh_keygen(&["-q", "-Y", "sign", "-n", "test", "-f"]).arg(lab.path(name)).arg(&path));
            let signature = lab.path(&format!("{name}.sig"));
            std::fs::rename(path.with_extension("sig"), &signature).unwrap();
            signed.push((signature, lab.key(name).clone()));
        }
        Self { lab, signed }
    }

    fn theirs(&self, signature: &Path, revoked: &Path) -> Option<bool> {
        let mut command = ssh_keygen(&["-vvv", "-Y", "verify", "-I", "me", "-n", "test", "-f"]);
        command.arg(self.lab.path("allowed")).arg("-s").arg(signature).arg("-r").arg(revoked);
        command.stdin(std::fs::OpenOptions::new().read(true).open(self.lab.path("message")).unwrap());
        let text = String::from_utf8_lossy(&run(&mut command).stderr).into_owned();
        assert!(text.contains("Valid (unverified) signature"), "{text}");
        match text.split_once("sshkey_check_revoked: ").map(|(_, found)| found.lines().next().unwrap().trim_end()) {
            None => Some(false),
            Some("Key is revoked") => Some(true),
            Some(_) => None,
        }
    }

    /// What each signer is told: `Some(true)` when revoked, `None` when the file cannot be read.
    ///
    /// OpenSSH reads up to the line that it looks for, so that a file with a bad line revokes one key and is unreadable
    /// for another; neither may log in. Here such a file is unreadable.
    fn same(&self, file: &[u8]) -> Verdicts {
        let path = self.lab.path("revoked");
        std::fs::write(&path, file).unwrap();
        let theirs: Vec<_> = self.signed.iter().map(|(signature, _)| self.theirs(signature, &path)).collect();
        let shown = String::from_utf8_lossy(file);
        match RevokedKeys::parse(file) {
            Ok(revoked) => {
                let ours: Vec<bool> = self.signed.iter().map(|(_, key)| revoked.check(key).is_some()).collect();
                assert_eq!(theirs, ours.iter().copied().map(Some).collect::<Vec<_>>(), "{}", shown.escape_debug());
                Some(ours)
            }
            Err(error) => {
                assert!(!theirs.contains(&Some(false)), "{error}: {}", shown.escape_debug());
                assert!(theirs.contains(&None), "{error}: {}", shown.escape_debug());
                None
            }
        }
    }
}

#[test]
fn lists_of_keys_say_the_same() {
    let signers = Signers::new();
    let line = |name: &str| signers.lab.line(name);
    let (ed25519, ecdsa, ca1) = (line("ed25519.pub"), line("ecdsa.pub"), line("ca1.pub"));
    let certificate = line("3-cert.pub");
    let (front, back) = ed25519.split_at(40);
    let short = |bits: usize| {
        let modulus = [&[0xff; 64][..], &vec![0xff; bits / 8 - 64]].concat();
        let blob = Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&modulus).into_bytes();
        format!("ssh-rsa {}", encode_base64(&blob))
    };
    // Of the signers ed25519, ecdsa, rsa, an ecdsa certificate of ca1, an rsa certificate of ca2.
    let verdict = |text: &str| Some(text.bytes().map(|byte| byte == b'R').collect::<Vec<_>>());
    let cases: [(String, Verdicts); 37] = [
        (String::new(), verdict("-----")),
        (format!("{ed25519}\n"), verdict("R----")),
        (ed25519.clone(), verdict("R----")),
        (format!(" \t{ed25519} comment\n# x\n\n  # y"), verdict("R----")),
        (format!("{ed25519}\n{ecdsa}\n"), verdict("RR-R-")),
        (format!("{}\n", line("rsa.pub")), verdict("--R-R")),
        (format!("{ca1}\n"), verdict("---R-")),
        (format!("{}\n", line("ca2.pub")), verdict("----R")),
        (format!("{}\n", line("other.pub")), verdict("-----")),
        (format!("{certificate}\n"), verdict("-R-R-")),
        (format!("{}\n", line("4-cert.pub")), verdict("R----")),
        (format!("{}\n{ecdsa}\n", short(1016)), verdict("-R-R-")),
        (format!("{}\n{ecdsa}\n", short(1024)), verdict("-R-R-")),
        (format!("#{ed25519}\n"), verdict("-----")),
        (format!("{ed25519}\r\n{ecdsa} c\r\n"), verdict("RR-R-")),
        (format!("{front}\r\x0b{back}\n"), verdict("R----")),
        (format!("{ed25519}\t\tc\n"), verdict("R----")),
        (format!("{ed25519} c\0x\n"), verdict("R----")),
        (format!("ssh-ed25519 \t {}\n", &ed25519[12..]), verdict("R----")),
        (format!("rsa-sha2-512 {}\n", &line("rsa.pub")[8..]), verdict("--R-R")),
        (format!("{ca1}\n\r\n"), None),
        (format!("{ca1}\nx\n"), None),
        (format!("x\n{ca1}\n"), None),
        (format!("{ca1}\nssh-ed25519\n"), None),
        (format!("{ca1}\nssh-ed25519 \n"), None),
        (format!("{ca1}\nssh-ed25519\0 {}\n", &ed25519[12..]), None),
        (format!("{ca1}\nnode1 {ed25519}\n"), None),
        (format!("{ca1}\n@revoked * {ed25519}\n"), None),
        (format!("{ca1}\nno-pty {ed25519}\n"), None),
        (format!("{front} {back}\n"), None),
        (format!("{front}\n"), None),
        (format!("{ed25519}=\n"), None),
        (format!("\u{feff}{ed25519}\n"), None),
        (format!("\x0b{ed25519}\n"), None),
        (format!("ssh-rsa {}\n", &ed25519[12..]), None),
        (format!("ecdsa-sha2-nistp384 {}\n", &ecdsa[20..]), None),
        ("SSHKRL\n".into(), None),
    ];
    for (file, wanted) in cases {
        assert_eq!(signers.same(file.as_bytes()), wanted, "{}", file.escape_debug());
    }
}

#[test]
fn damaged_lists_say_the_same() {
    let (signers, mut random) = (Signers::new(), Random(13));
    let (ed25519, other) = (signers.lab.line("ed25519.pub"), signers.lab.line("other.pub"));
    let whole = format!("# comment\n{other} c\n\n\t{ed25519} d\n{}\n", signers.lab.line("ca1.pub"));
    let (mut errors, mut read) = (0, 0);
    for round in 0..60 {
        let mut file = whole.clone().into_bytes();
        let at = random.below(file.len());
        match round % 3 {
            0 => file.truncate(at),
            1 => drop(file.remove(at)),
            // A NUL at the start of a line is tested below.
            _ => file[at] = random.byte().max(1),
        }
        match signers.same(&file) {
            None => errors += 1,
            Some(_) => read += 1,
        }
    }
    assert!(errors > 10 && read > 5, "{errors} errors, {read} read");
}

#[test]
fn a_line_that_begins_with_a_nul_is_skipped_by_openssh_and_an_error_here() {
    let signers = Signers::new();
    let path = signers.lab.path("revoked");
    // A KRL whose first byte was damaged: OpenSSH sees a comment, and an empty line up to the next line feed, of which
    // this one has none but that of its magic.
    let spec = format!("key: {}\n", signers.lab.line("ed25519.pub"));
    let whole = signers.lab.make("made", &[], &spec);
    let rest: Vec<u8> = whole[7..].iter().copied().filter(|&byte| byte != b'\n').collect();
    let file = [b"#SHKRL\n", &rest[..]].concat();
    std::fs::write(&path, &file).unwrap();
    assert_eq!(signers.theirs(&signers.signed[0].0, &path), Some(false));
    assert!(RevokedKeys::parse(&file).is_err());
}

#[test]
fn what_only_arithmetic_can_tell_makes_a_list_unreadable_for_openssh_alone() {
    let signers = Signers::new();
    let ecdsa = signers.lab.key("ecdsa.pub").blob();
    let certificate = signers.lab.key("4-cert.pub").blob();
    let path = signers.lab.path("revoked");
    for (blob, kind) in [(ecdsa, "ecdsa-sha2-nistp256"), (certificate, "ssh-ed25519-cert-v01@openssh.com")] {
        // A point beside the curve; a signature of the authority that is wrong.
        let mut blob = blob.to_vec();
        *blob.last_mut().unwrap() ^= 1;
        let file = format!("{kind} {}\n", encode_base64(&blob));
        std::fs::write(&path, &file).unwrap();
        assert_eq!(signers.theirs(&signers.signed[2].0, &path), None);
        let revoked = RevokedKeys::parse(file.as_bytes()).unwrap();
        assert!(revoked.check(&PublicKey::from_blob(&blob).unwrap()).is_some());
        assert_eq!(revoked.check(signers.lab.key("ed25519.pub")).is_some(), kind.contains("cert"));
    }
}
