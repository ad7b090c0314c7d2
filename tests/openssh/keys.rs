//! Host keys, made by ssh-keygen and openssl; each is made once and used by every test that wants it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use hostbased::key::{PublicKey, parse_public_key_line};

/// A key pair, as it stands in its files.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// What its files are named after: `/etc/ssh/ssh_host_FAMILY_key`.
    pub family: &'static str,
    /// The private key's file.
    pub private: Vec<u8>,
    /// The public key's line, without the newline.
    pub public: String,
}

impl KeyPair {
    /// Where OpenSSH looks for the private key.
    pub fn private_path(&self) -> String {
        format!("/etc/ssh/ssh_host_{}_key", self.family)
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKey {
        parse_public_key_line(self.public.as_bytes()).unwrap().0
    }

    /// `type base64`, without the comment.
    pub fn public_without_comment(&self) -> String {
        self.public.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" ")
    }

    /// The same key with its private file written otherwise.
    pub fn in_format(&self, format: PrivateFormat) -> Self {
        let name = match format {
            PrivateFormat::OpenSsh => "RFC4716",
            PrivateFormat::Traditional => "PEM",
            PrivateFormat::Pkcs8 => "PKCS8",
        };
        let private = self.rewritten(&["-m", name, "-N", ""]);
        let first_line = String::from_utf8_lossy(&private).lines().next().unwrap_or_default().to_owned();
        assert_eq!(first_line, format.first_line(self.family), "what ssh-keygen -m {name} writes");
        Self { private, ..self.clone() }
    }

    /// The same key with its private file under a passphrase.
    pub fn encrypted(&self) -> Self {
        Self { private: self.rewritten(&["-N", "secret"]), ..self.clone() }
    }

    fn rewritten(&self, arguments: &[&str]) -> Vec<u8> {
        in_folder(|folder| {
            let file = folder.join("key");
            write_private(&file, &self.private);
            run(Command::new("ssh-keygen").args(["-q", "-p", "-P", ""]).args(arguments).arg("-f").arg(&file));
            fs::read(file).unwrap()
        })
    }
}

/// How a private key's file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateFormat {
    /// OpenSSH's own.
    OpenSsh,
    /// PKCS#1 for RSA, SEC1 for ECDSA.
    Traditional,
    /// PKCS#8.
    Pkcs8,
}

impl PrivateFormat {
    fn first_line(self, family: &str) -> &'static str {
        match (self, family) {
            (Self::OpenSsh, _) => "-----BEGIN OPENSSH PRIVATE KEY-----",
            (Self::Traditional, "rsa") => "-----BEGIN RSA PRIVATE KEY-----",
            (Self::Traditional, _) => "-----BEGIN EC PRIVATE KEY-----",
            (Self::Pkcs8, _) => "-----BEGIN PRIVATE KEY-----",
        }
    }
}

macro_rules! key_pairs {
    ($($(#[$doc:meta])* $name:ident: $family:literal, $bits:literal;)+) => {$(
        $(#[$doc])*
        pub fn $name() -> &'static KeyPair {
            static KEY: OnceLock<KeyPair> = OnceLock::new();
            KEY.get_or_init(|| generate($family, $bits))
        }
    )+};
}

key_pairs! {
    /// ssh-ed25519.
    ed25519: "ed25519", 256;
    /// Another one, that no lab has.
    another_ed25519: "ed25519", 256;
    /// ecdsa-sha2-nistp256.
    ecdsa256: "ecdsa", 256;
    /// ecdsa-sha2-nistp384.
    ecdsa384: "ecdsa", 384;
    /// ecdsa-sha2-nistp521.
    ecdsa521: "ecdsa", 521;
    /// RSA of the usual size.
    rsa: "rsa", 3072;
    /// RSA of a size that is no multiple of eight bits.
    rsa_of_an_odd_size: "rsa", 2049;
}

/// A new key pair.
pub fn generate(family: &'static str, bits: u32) -> KeyPair {
    in_folder(|folder| {
        let file = folder.join("key");
        let mut keygen = Command::new("ssh-keygen");
        run(keygen.args(["-q", "-N", "", "-C", "a host", "-t", family, "-b", &bits.to_string(), "-f"]).arg(&file));
        let public = fs::read_to_string(folder.join("key.pub")).unwrap().trim_end().to_owned();
        KeyPair { family, private: fs::read(file).unwrap(), public }
    })
}

/// Ed25519 in PKCS#8 (RFC 8410), which ssh-keygen 9.2 cannot write.
pub fn ed25519_in_pkcs8() -> KeyPair {
    in_folder(|folder| {
        let file = folder.join("key");
        run(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519", "-out"]).arg(&file));
        let spki =
            Command::new("openssl").args(["pkey", "-pubout", "-outform", "DER", "-in"]).arg(&file).output().unwrap();
        // SubjectPublicKeyInfo ends with the 32 bytes of the key.
        let point = &spki.stdout[spki.stdout.len() - 32..];
        let blob = hostbased::wire::Writer::new().string(b"ssh-ed25519").string(point).into_bytes();
        let public = format!("ssh-ed25519 {}", hostbased::key::encode_base64(&blob));
        KeyPair { family: "ed25519", private: fs::read(file).unwrap(), public }
    })
}

/// A host certificate for a key, made by an authority: the `-cert.pub` line.
pub fn host_certificate(key: &KeyPair, authority: &KeyPair, principals: &str) -> String {
    in_folder(|folder| {
        write_private(&folder.join("ca"), &authority.private);
        fs::write(folder.join("key.pub"), format!("{}\n", key.public)).unwrap();
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-h", "-I", "node1's", "-n", principals, "-V", "-1h:+1h", "-s"]).arg(folder.join("ca"));
        run(keygen.arg(folder.join("key.pub")));
        fs::read_to_string(folder.join("key-cert.pub")).unwrap().trim_end().to_owned()
    })
}

fn in_folder<T>(work: impl FnOnce(&Path) -> T) -> T {
    work(tempfile::tempdir().unwrap().path())
}

fn write_private(file: &Path, content: &[u8]) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(file, content).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
