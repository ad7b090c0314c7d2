//! Twists of ssh_known_hosts: markers, hashes, patterns, lines that are none.

use aws_lc_rs::hmac;
use hostbased::key::encode_base64;

use super::Generator;
use super::keys::authority_of;
use super::names::looked_up;
use crate::case::{Case, Content, KNOWN_HOSTS, KNOWN_HOSTS2};

/// The known_hosts files of a case, in sshd's order.
pub(super) fn files(case: &Case) -> [String; 4] {
    [KNOWN_HOSTS.into(), case.home(".ssh/known_hosts"), KNOWN_HOSTS2.into(), case.home(".ssh/known_hosts2")]
}

/// A hashed name, with a salt that is always the same.
pub(crate) fn hashed(name: &str) -> String {
    let salt = [0x5a; 20];
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &salt);
    format!("|1|{}|{}", encode_base64(&salt), encode_base64(hmac::sign(&key, name.as_bytes()).as_ref()))
}

impl Generator<'_> {
    /// A line in front of all others, or behind, in the files that exist.
    pub(super) fn a_known_hosts_line_more(&mut self, case: &mut Case) {
        let line = self.known_hosts_line(case);
        let first = self.random.one_in(2);
        rewrite(case, |text| if first { [&line[..], &text].concat() } else { [&text[..], &line].concat() });
    }

    /// A file of lines of every kind, in any of the four places.
    pub(super) fn a_known_hosts_file_of_traps(&mut self, case: &mut Case) {
        let lines: Vec<u8> = (0..=self.random.below(4)).flat_map(|_| self.known_hosts_line(case)).collect();
        match self.random.below(4) {
            0 => case.write(KNOWN_HOSTS, lines),
            1 => case.write(KNOWN_HOSTS2, lines),
            2 => case.write_at_home(".ssh/known_hosts", lines),
            _ => case.write_at_home(".ssh/known_hosts2", lines),
        }
    }

    /// A line that revokes, or nearly.
    pub(super) fn a_revocation(&mut self, case: &mut Case) {
        let marker = self.random.of(&["@revoked ", "@revoked ", "@revoked ", "@revoked  ", "@revoked\t"]);
        let name = looked_up(case);
        let hosts = match self.random.below(6) {
            0 => name,
            1 => format!("*,!{name}"),
            2 => "node2.cluster.test".into(),
            3 => hashed(&name),
            _ => "*".into(),
        };
        let key = match authority_of(&case.key) {
            Some(authority) if self.random.one_in(2) => authority,
            Some(_) => crate::request::secret_of(&case.key),
            None if self.random.one_in(5) => "ed25519-other",
            None => &case.key,
        };
        let line = format!("{marker}{hosts} {}\n", self.material.line(key));
        let first = self.random.one_in(2);
        rewrite(
            case,
            |text| {
                if first { [line.as_bytes(), &text].concat() } else { [&text[..], line.as_bytes()].concat() }
            },
        );
    }

    /// Every line written otherwise: with tabs, more blanks, carriage returns, comments, no end of line.
    pub(super) fn known_hosts_otherwise(&mut self, case: &mut Case) {
        let how = self.random.below(8);
        rewrite(case, |text| {
            let text = String::from_utf8(text).unwrap();
            match how {
                0 => text.replace(' ', "\t"),
                1 => text.replace(' ', "  "),
                2 => text.replace('\n', "\r\n"),
                3 => text.replace('\n', " a comment\n"),
                4 => text.trim_end().to_owned(),
                5 => text.lines().map(|line| format!(" \t{line}\n")).collect(),
                6 => text.replace('\n', "\0\n"),
                _ => format!("\u{feff}{text}"),
            }
            .into_bytes()
        });
    }

    /// Lines of other hosts.
    pub(super) fn other_known_hosts_lines(&mut self) -> String {
        let other = self.material.line("ed25519-other");
        self.random
            .of(&[
                String::new(),
                format!("# the cluster\n\nnode2.cluster.test,10.77.0.11 {other}\n"),
                format!("{} {other}\n@cert-authority *.other.test {other}\n", hashed("node2.cluster.test")),
            ]
            .each_ref())
            .clone()
    }

    /// A line of any kind, about this host and its key more often than not.
    fn known_hosts_line(&mut self, case: &Case) -> Vec<u8> {
        let name = self.any_name(case);
        let name = self.in_any_case(&name);
        let long = "x".repeat(self.random.of(&[1021, 1022, 1023, 1024]));
        let hosts = match self.random.below(14) {
            0 => hashed(&name),
            1 => format!("{},{name}", hashed(&name)),
            2 => format!("[{name}]:22"),
            3 => format!("!{name},*"),
            4 => format!("*,!{name}"),
            5 => format!("{long},{name}"),
            6 => format!("{name},{long}"),
            7 => name.replacen('1', "?", 1),
            8 => "*.cluster.test,10.77.*,fd77:*".into(),
            9 => format!("{name},"),
            10 => "|1|AAAA|BBBB".into(),
            _ => name,
        };
        let key = match (authority_of(&case.key), self.random.below(6)) {
            (_, 0) => "ed25519-other",
            (_, 1) => case.key.as_str(),
            (Some(authority), 2..=4) => authority,
            (Some(_), _) => crate::request::secret_of(&case.key),
            (None, _) => case.key.as_str(),
        };
        let line = self.material.line(key);
        let (kind, base64) = line.split_once(' ').unwrap();
        let key = match self.random.below(12) {
            0 => format!("{} {base64}", self.random.of(&["ssh-ed25519", "ssh-rsa", "ssh-dss", "unknown"])),
            1 => format!("{kind} {}", &base64[..base64.len().saturating_sub(4)]),
            2 => format!("{kind} {base64}AAAA"),
            3 => kind.to_owned(),
            4 => format!("{} {base64}", kind.to_uppercase()),
            _ => line,
        };
        let default = if authority_of(&case.key).is_some() { "@cert-authority " } else { "" };
        let marker = match self.random.below(8) {
            0 => self.random.of(&[
                "@cert-authority ",
                "@revoked ",
                "@CERT-AUTHORITY ",
                "@cert-authority\t",
                "@unknown ",
                "@revoked @cert-authority ",
                "@cert-authority @cert-authority ",
                "# ",
                "",
            ]),
            _ => default,
        };
        format!("{marker}{hosts} {key}\n").into_bytes()
    }
}

fn rewrite(case: &mut Case, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    for path in files(case) {
        if let Some(text) = case.text(&path).map(<[u8]>::to_vec) {
            case.files.get_mut(&path).unwrap().content = Content::Bytes(change(text));
        }
    }
}
