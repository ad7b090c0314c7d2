//! Keys, certificates and lists of revoked keys, made once by OpenSSH's own tools; and an ssh-agent that signs with
//! every one of the keys, whatever it is asked to sign.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hostbased::key::{decode_base64, encode_base64};
use hostbased::wire::{Reader, Writer};
use tempfile::TempDir;

use crate::recipes::{CERTIFICATES, KEYS, LISTS};
use crate::tool::tool;

/// Everything that ssh-keygen made, by name.
pub(crate) struct Material {
    folder: TempDir,
    agent: Child,
    /// Public keys and certificates.
    blobs: BTreeMap<String, Vec<u8>>,
    /// RevokedKeys files.
    lists: BTreeMap<String, Vec<u8>>,
}

impl Material {
    /// Makes everything.
    pub(crate) fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for (name, kind, bits) in KEYS {
            tool("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", &path(name)]);
        }
        let mut blobs = BTreeMap::new();
        let mut read = |name: &str, file: &str| {
            let line = fs::read_to_string(path(file)).unwrap();
            let blob = decode_base64(line.split(' ').nth(1).unwrap().trim().as_bytes()).unwrap();
            blobs.insert(name.to_owned(), blob.clone());
            blob
        };
        for (name, ..) in KEYS {
            read(name, &format!("{name}.pub"));
        }
        for (name, key, authority, arguments) in CERTIFICATES {
            // ssh-keygen names the certificate after the file of the key.
            fs::copy(path(&format!("{key}.pub")), path(&format!("{name}.pub"))).unwrap();
            let mut all = vec!["-q", "-s"];
            let authority = path(authority);
            all.push(&authority);
            all.extend(arguments.split(' '));
            let public = path(&format!("{name}.pub"));
            all.push(&public);
            tool("ssh-keygen", &all);
            read(name, &format!("{name}-cert.pub"));
            fs::remove_file(path(&format!("{name}.pub"))).unwrap();
        }
        let mut forged = blobs["cert"].clone();
        *forged.last_mut().unwrap() ^= 1;
        blobs.insert("cert-forged".into(), forged);
        blobs.insert("cut".into(), blobs["ed25519"][..40].to_vec());
        blobs.insert("tail".into(), [&blobs["ed25519"][..], b"x"].concat());
        blobs.insert("nothing".into(), Vec::new());
        blobs.insert("sk".into(), token_key(&blobs["ed25519"]));
        let lists = LISTS
            .iter()
            .map(|(name, text)| {
                fs::write(path("list"), filled(text, &blobs)).unwrap();
                let krl = path(name);
                let authority = path("ca.pub");
                tool("ssh-keygen", &["-q", "-k", "-f", &krl, "-s", &authority, &path("list")]);
                ((*name).to_owned(), fs::read(krl).unwrap())
            })
            .collect();
        let agent = start_agent(&folder, &path("agent"));
        Self { agent, blobs, lists, folder }
    }

    /// A public key or certificate.
    pub(crate) fn blob(&self, name: &str) -> &[u8] {
        self.blobs.get(name).unwrap_or_else(|| panic!("no key {name}"))
    }

    /// `type base64`, as files have it.
    pub(crate) fn line(&self, name: &str) -> String {
        let blob = self.blob(name);
        let kind = Reader::new(blob).string("type", 64).unwrap_or(b"ssh-ed25519");
        format!("{} {}", String::from_utf8_lossy(kind), encode_base64(blob))
    }

    /// A RevokedKeys file.
    pub(crate) fn list(&self, name: &str) -> &[u8] {
        &self.lists[name]
    }

    /// A signature by a key, made by ssh-agent (draft-miller-ssh-agent, section 4.5).
    pub(crate) fn sign(&self, key: &str, algorithm: &str, data: &[u8]) -> Vec<u8> {
        const SIGN_REQUEST: u8 = 13;
        const SIGN_RESPONSE: u8 = 14;
        let flags = match algorithm {
            "rsa-sha2-256" | "rsa-sha2-256-cert-v01@openssh.com" => 2,
            "rsa-sha2-512" | "rsa-sha2-512-cert-v01@openssh.com" => 4,
            _ => 0,
        };
        let message = Writer::new().byte(SIGN_REQUEST).string(self.blob(key)).string(data).uint32(flags).into_bytes();
        let mut agent = UnixStream::connect(self.folder.path().join("agent")).unwrap();
        agent.write_all(&Writer::new().string(&message).into_bytes()).unwrap();
        let mut length = [0; 4];
        agent.read_exact(&mut length).unwrap();
        let mut answer = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
        agent.read_exact(&mut answer).unwrap();
        let mut reader = Reader::new(&answer);
        assert_eq!(reader.byte("message number"), Ok(SIGN_RESPONSE), "ssh-agent does not sign with {key}");
        reader.string("signature", 4096).unwrap().to_vec()
    }
}

impl Drop for Material {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}

/// A text in which `{NAME}` stands for a public key's base64.
fn filled(text: &str, blobs: &BTreeMap<String, Vec<u8>>) -> String {
    let mut filled = text.to_owned();
    for (name, blob) in blobs {
        filled = filled.replace(&format!("{{{name}}}"), &encode_base64(blob));
    }
    filled
}

/// What a token's key would be if it had this one's secret (OpenSSH: PROTOCOL.u2f): then ssh-agent can sign for it.
fn token_key(ed25519: &[u8]) -> Vec<u8> {
    let point = ed25519.last_chunk::<32>().unwrap();
    Writer::new().string(b"sk-ssh-ed25519@openssh.com").string(point).string(b"ssh:").into_bytes()
}

fn start_agent(folder: &TempDir, socket: &str) -> Child {
    let mut command = Command::new("ssh-agent");
    let agent = command.args(["-D", "-a", socket]).stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while UnixStream::connect(socket).is_err() {
        assert!(start.elapsed() < Duration::from_secs(20), "ssh-agent does not answer");
        std::thread::sleep(Duration::from_millis(5));
    }
    let keys = KEYS.iter().map(|(name, ..)| folder.path().join(name));
    let added = Command::new("ssh-add").arg("-q").args(keys).env("SSH_AUTH_SOCK", socket).output().unwrap();
    assert!(added.status.success(), "ssh-add: {}", String::from_utf8_lossy(&added.stderr));
    agent
}
