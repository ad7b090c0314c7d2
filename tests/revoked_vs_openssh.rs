//! Our reading of RevokedKeys files beside `ssh-keygen`'s, of the OpenSSH that is installed.
//!
//! `ssh-keygen -Qf KRL KEY…` reads KRLs only, and says of each key whether it is revoked. Lists of keys are read by
//! `ssh-keygen -Y verify -r FILE`, through the very function that sshd calls (authfile.c `sshkey_check_revoked`); with
//! `-vvv` it says whether the signer's key is revoked, or what is wrong with the file.
//!
//! Not compared, and tested beside the code: extensions of KRLs, which OpenSSH knows since 9.4, and signatures of KRLs,
//! which it verified until then and skips now.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "runs ssh-keygen on files of its own")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use hostbased::key::{PublicKey, encode_base64, parse_public_key_file};
use hostbased::revoked::RevokedKeys;
use hostbased::wire::Writer;

/// What a file says of some keys: which are revoked, or nothing, for it cannot be read.
type Verdicts = Option<Vec<bool>>;

/// Keys, and certificates of them, in a folder that vanishes.
struct Lab {
    folder: tempfile::TempDir,
    keys: Vec<(PathBuf, PublicKey)>,
}

/// Certificates: authority, key, serial number, key id.
const CERTIFICATES: [(&str, &str, u64, &str); 11] = [
    ("ca1", "ed25519", 0, "none"),
    ("ca1", "ed25519", 1, "one"),
    ("ca1", "ed25519", 2, "two words"),
    ("ca1", "ecdsa", 7, "seven"),
    ("ca1", "ed25519", 8, "eight"),
    ("ca1", "ed25519", 100, "a hundred"),
    ("ca1", "ed25519", 1 << 32, "many"),
    ("ca1", "ed25519", u64::MAX, "most"),
    ("ca2", "ed25519", 7, "other"),
    ("ca2", "rsa", 0, "none"),
    ("ca2", "ed25519", 200, "one"),
];

impl Lab {
    fn new() -> Self {
        let mut lab = Self { folder: tempfile::tempdir().unwrap(), keys: Vec::new() };
        for (name, arguments) in [
            ("ca1", "-t ed25519"),
            ("ca2", "-t ecdsa -b 384"),
            ("ed25519", "-t ed25519"),
            ("ecdsa", "-t ecdsa"),
            ("rsa", "-t rsa -b 2048"),
            ("other", "-t ed25519"),
        ] {
            let path = lab.path(name);
            let arguments: Vec<_> = arguments.split(' ').chain(["-q", "-N", "", "-C", name, "-f"]).collect();
            succeeds(ssh_keygen(&arguments).arg(&path));
            lab.add(&path.with_extension("pub"));
        }
        for (number, (authority, key, serial, id)) in CERTIFICATES.into_iter().enumerate() {
            let copy = lab.path(&format!("{number}.pub"));
            std::fs::copy(lab.path(&format!("{key}.pub")), &copy).unwrap();
            let arguments = ["-q", "-h", "-n", "node1", "-I", id, "-z", &serial.to_string(), "-s"];
            succeeds(ssh_keygen(&arguments).arg(lab.path(authority)).arg(copy));
            // The private key beside the certificate, for signing with it.
            std::fs::copy(lab.path(key), lab.path(&number.to_string())).unwrap();
            lab.add(&lab.path(&format!("{number}-cert.pub")));
        }
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&mut self, path: &Path) {
        self.keys.push((path.to_owned(), parse_public_key_file(&std::fs::read(path).unwrap()).unwrap()));
    }

    fn key(&self, name: &str) -> &PublicKey {
        let path = self.path(name);
        &self.keys.iter().find(|(of, _)| *of == path).unwrap().1
    }

    fn line(&self, name: &str) -> String {
        self.key(name).to_line()
    }

    fn ours(&self, file: &[u8]) -> Verdicts {
        let revoked = RevokedKeys::parse(file).ok()?;
        Some(self.keys.iter().map(|(_, key)| revoked.check(key).is_some()).collect())
    }

    /// What `ssh-keygen -Qf` says of a KRL.
    fn theirs(&self, file: &[u8]) -> Verdicts {
        let path = self.path("krl");
        std::fs::write(&path, file).unwrap();
        let output = run(ssh_keygen(&["-Q", "-f"]).arg(path).args(self.keys.iter().map(|(path, _)| path)));
        if output.status.code() == Some(255) {
            return None;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let verdict = |line: &str| match line.rsplit_once(": ").unwrap().1 {
            "REVOKED" => true,
            "ok" => false,
            other => panic!("{other}"),
        };
        let verdicts: Vec<bool> = text.lines().map(verdict).collect();
        assert_eq!(verdicts.len(), self.keys.len(), "{text}");
        assert_eq!(output.status.code(), Some(i32::from(verdicts.contains(&true))));
        Some(verdicts)
    }

    /// Compares what both say of a KRL, and returns how many keys it revokes.
    fn same(&self, file: &[u8]) -> Option<usize> {
        let theirs = self.theirs(file);
        assert_eq!(self.ours(file), theirs, "{}", encode_base64(file));
        theirs.map(|verdicts| verdicts.into_iter().filter(|&revoked| revoked).count())
    }

    /// Makes a KRL by `ssh-keygen -k`, or changes the one that is there with `-u`.
    fn make(&self, krl: &str, options: &[&str], spec: &str) -> Vec<u8> {
        let (path, spec_path) = (self.path(krl), self.path("spec"));
        std::fs::write(&spec_path, spec).unwrap();
        succeeds(ssh_keygen(&["-q", "-k", "-f"]).arg(&path).args(options).arg(spec_path).current_dir(&self.folder));
        std::fs::read(path).unwrap()
    }
}

fn ssh_keygen(arguments: &[&str]) -> Command {
    let mut command = Command::new("ssh-keygen");
    command.args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("ssh-keygen cannot be run: install it (Debian: openssh-client, Fedora: openssh)")
}

fn succeeds(command: &mut Command) {
    let output = run(command);
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn krls_that_ssh_keygen_makes() {
    let lab = Lab::new();
    let (ca1, ca2): (&[&str], &[&str]) = (&["-s", "ca1.pub"], &["-s", "ca2.pub"]);
    // Certificates of ca1 are all but three; ids and serial numbers count under their authority only.
    let cases: [(&[&str], String, usize); 19] = [
        (&[], String::new(), 0),
        (ca1, "serial: 7\n".into(), 1),
        (ca2, "serial: 7\nserial: 8\n".into(), 1),
        (ca1, "serial: 1-8\n".into(), 4),
        (ca1, "serial: 1-18446744073709551615\n".into(), 7),
        (ca1, "serial: 18446744073709551615\n".into(), 1),
        (ca1, "serial: 1\nserial: 2\nserial: 4\nserial: 5\nserial: 7\nserial: 100\nserial: 110\n".into(), 4),
        (ca1, (1..2000u64).step_by(3).map(|serial| format!("serial: {serial}\n")).collect(), 3),
        (ca1, "id: one\nid: two words\nid: none\n".into(), 3),
        (ca2, "id: one\nid: On\nid: n*\n".into(), 1),
        (ca1, "serial: 7\nid: many\n".into(), 2),
        // A plain key revokes every certificate of it, an authority all that it signed.
        (&[], format!("key: {}\n", lab.line("ed25519.pub")), 10),
        (&[], format!("sha1: {}\n", lab.line("ecdsa.pub")), 2),
        (&[], format!("sha256: {}\n", lab.line("rsa.pub")), 2),
        (&[], format!("hash: {}\n", lab.key("rsa.pub").fingerprint()), 2),
        (&[], format!("{}\n", lab.line("ca1.pub")), 9),
        (&[], format!("sha1: {}\nsha256: {}\n", lab.line("ca2.pub"), lab.line("ca1.pub")), 13),
        // Certificates: by serial number, and by key id where that is 0.
        (&[], format!("{}\n{}\n", lab.line("3-cert.pub"), lab.line("9-cert.pub")), 2),
        (&["-s", "none", "-z", "9"], "id: one\nserial: 7\nid: other\n".into(), 4),
    ];
    for (options, spec, wanted) in cases {
        let file = lab.make("made", options, &spec);
        assert_eq!(lab.same(&file), Some(wanted), "{options:?} {spec}");
    }
}

#[test]
fn krls_that_were_updated() {
    let lab = Lab::new();
    let mut revoked = Vec::new();
    for (options, spec) in [
        (&["-s", "ca1.pub", "-z", "1"][..], "serial: 1-2\n".to_owned()),
        (&["-u", "-s", "ca1.pub", "-z", "2"], "serial: 8\nid: most\n".to_owned()),
        (&["-u", "-s", "ca2.pub", "-z", "3"], "id: one\n".to_owned()),
        (&["-u", "-s", "none", "-z", "4"], "id: none\n".to_owned()),
        (&["-u", "-z", "5"], format!("sha256: {}\n", lab.line("rsa.pub"))),
        (&["-u", "-z", "6"], format!("sha1: {}\n", lab.line("other.pub"))),
        (&["-u", "-z", "7"], format!("{}\n", lab.line("ca2.pub"))),
    ] {
        let file = lab.make("updated", options, &spec);
        revoked.push(lab.same(&file).unwrap());
        let version = u64::try_from(revoked.len()).unwrap();
        let parsed = RevokedKeys::parse(&file).unwrap();
        let header = parsed.krl_header().unwrap();
        assert_eq!(header.version(), version);
        assert!(header.generated() > 1_600_000_000 && header.comment().is_empty());
    }
    assert_eq!(revoked, [2, 4, 5, 7, 8, 9, 11]);
}

#[test]
fn krls_of_an_authority_given_as_certificate_revoke_here_only() {
    let lab = Lab::new();
    std::fs::copy(lab.path("ca1.pub"), lab.path("sub.pub")).unwrap();
    succeeds(ssh_keygen(&["-q", "-I", "ca", "-s"]).arg(lab.path("ca2")).arg(lab.path("sub.pub")));
    let file = lab.make("made", &["-s", "sub-cert.pub"], "serial: 7\n");
    assert_eq!(lab.theirs(&file).unwrap().iter().filter(|&&revoked| revoked).count(), 0);
    let revoked = RevokedKeys::parse(&file).unwrap();
    assert!(revoked.check(lab.key("3-cert.pub")).is_some());
    assert!(revoked.check(lab.key("4-cert.pub")).is_none());
}

/// Xorshift64, so that what was found can be found again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    /// A byte that is no type of an extension or a signature.
    fn byte(&mut self) -> u8 {
        loop {
            match u8::try_from(self.below(256)).unwrap() {
                4 | 0x39 | 255 => {}
                byte => return byte,
            }
        }
    }

    fn serial(&mut self) -> u64 {
        const NEAR: [u64; 8] = [0, 1, 4, 7, 100, 1 << 32, u64::MAX - 9, u64::MAX];
        NEAR[self.below(NEAR.len())].wrapping_add(u64::try_from(self.below(4)).unwrap())
    }

    /// A section inside a certificate section; now and then one that must not be.
    fn certificates(&mut self, writer: Writer) -> Writer {
        let (kind, data) = match self.below(4) {
            0 => (0x20, (0..self.below(4)).fold(Writer::new(), |writer, _| writer.uint64(self.serial()))),
            1 => {
                let (one, other) = (self.serial(), self.serial());
                let first = if self.below(6) == 0 { one } else { one.min(other).max(1) };
                (0x21, Writer::new().uint64(first).uint64(one.max(other)))
            }
            2 => {
                let bitmap: Vec<u8> = (0..self.below(20)).map(|_| self.byte() & 0x7f).collect();
                (0x22, Writer::new().uint64(self.serial()).string(&bitmap))
            }
            _ => {
                let ids: [&[u8]; 6] = [b"one", b"none", b"two words", b"most\0", b"many\0\0", b""];
                (0x23, (0..self.below(3)).fold(Writer::new(), |writer, _| writer.string(ids[self.below(ids.len())])))
            }
        };
        writer.byte(kind).string(&data.into_bytes())
    }

    fn krl(&mut self, lab: &Lab) -> Vec<u8> {
        let mut file = Writer::new().raw(b"SSHKRL\n\0").uint32(1).uint64(0).uint64(0).uint64(0).string(b"").string(b"");
        for _ in 0..1 + self.below(3) {
            let authority: &[u8] = match self.below(3) {
                0 => b"",
                1 => lab.key("ca1.pub").blob(),
                _ => lab.key("ca2.pub").blob(),
            };
            let start = Writer::new().string(authority).string(b"");
            let data = (0..1 + self.below(3)).fold(start, |writer, _| self.certificates(writer));
            file = file.byte(1).string(&data.into_bytes());
        }
        file.into_bytes()
    }
}

#[test]
fn random_krls_say_the_same() {
    let (lab, mut random) = (Lab::new(), Random(7));
    let (mut errors, mut revoked) = (0, 0);
    for _ in 0..150 {
        match lab.same(&random.krl(&lab)) {
            None => errors += 1,
            Some(count) => revoked += count,
        }
    }
    assert!((15..130).contains(&errors) && revoked > 70, "{errors} errors, {revoked} revoked");
}

#[test]
fn damaged_krls_say_the_same() {
    let (lab, mut random) = (Lab::new(), Random(11));
    // Only Ed25519: a damaged point of an authority on another curve is noticed by OpenSSH alone.
    let spec: String = (1..40u64).step_by(2).map(|serial| format!("serial: {serial}\n")).collect();
    lab.make("made", &["-s", "ca1.pub"], &format!("{spec}serial: 100-200\nid: two words\nid: many\n"));
    lab.make("made", &["-u", "-s", "none"], "id: other\n");
    let keys = format!("{k}\nsha1: {k}\nsha256: {k}\n", k = lab.line("other.pub"));
    let whole = lab.make("made", &["-u"], &keys);
    assert_eq!(lab.same(&whole), Some(7));
    let mut errors = 0;
    for round in 0..200 {
        let mut file = whole.clone();
        match round % 6 {
            0 => file.truncate(1 + random.below(whole.len() - 1)),
            _ => {
                let at = random.below(file.len());
                file[at] = random.byte();
            }
        }
        errors += usize::from(lab.same(&file).is_none());
    }
    assert!((50..170).contains(&errors), "{errors}");
}

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
