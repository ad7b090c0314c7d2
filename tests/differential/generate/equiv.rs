//! Twists of the hosts.equiv family: what the grammar of its lines makes of signs, netgroups, comments and length.

use super::Generator;
use super::names::looked_up;
use super::start::GROUPS;
use crate::case::{Case, HOSTS_EQUIV, SHOSTS_EQUIV};

/// The equiv files of a case, in sshd's order.
pub(super) fn files(case: &Case) -> [String; 4] {
    [HOSTS_EQUIV.into(), SHOSTS_EQUIV.into(), case.home(".shosts"), case.home(".rhosts")]
}

impl Generator<'_> {
    /// A line before all others, in a file that exists.
    pub(super) fn an_equiv_line_first(&mut self, case: &mut Case) {
        let line = self.equiv_line(case);
        self.rewrite_equiv(case, |text| [&line[..], &text].concat());
    }

    /// A file of lines of every kind, with one that may let the user in among them.
    pub(super) fn an_equiv_file_of_traps(&mut self, case: &mut Case) {
        let lines: Vec<u8> = (0..=self.random.below(5)).flat_map(|_| self.equiv_line(case)).collect();
        let files = files(case);
        let at = self.random.below(files.len());
        if at < 2 {
            case.write(files[at].clone(), lines);
        } else {
            case.write_at_home([".shosts", ".rhosts"][at - 2], lines);
        }
    }

    /// Something behind the entries: a comment, a carriage return, a NUL, no end of line.
    pub(super) fn behind_equiv_entries(&mut self, case: &mut Case) {
        let end = self.random.of(&[
            &b" # a note\n"[..],
            b" #note\n",
            b"\r\n",
            b"\t\n",
            b"\0 more\n",
            b"",
            b" \x0b\n",
            b"\n\n",
            b".\n",
            b" -\n",
        ]);
        self.rewrite_equiv(case, |text| {
            let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
            lines.flat_map(|line| [line.strip_suffix(b"\r").unwrap_or(line), end].concat()).collect()
        });
    }

    /// A line that is longer than sshd's buffer of 1024 bytes, whose pieces are lines of their own.
    pub(super) fn a_long_equiv_line(&mut self, case: &mut Case) {
        let name = looked_up(case);
        let length = self.random.of(&[1000, 1021, 1022, 1023, 1024, 1500, 2046]);
        let mut line = vec![b'#'; 1];
        line.resize(length, self.random.of(b" x#"));
        line.extend_from_slice(name.as_bytes());
        line.push(b'\n');
        if self.random.one_in(2) {
            // Only the long line is left to let the user in.
            self.rewrite_equiv(case, |_| line.clone());
        } else {
            self.rewrite_equiv(case, |text| [&line[..], &text].concat());
        }
    }

    /// Netgroups that are others, or broken.
    pub(super) fn other_netgroups(&mut self, case: &mut Case) {
        let text = self.random.of(&[
            "",
            "nodes (node2.cluster.test,,)\n",
            "everything (-,-,)\n",
            "nodes (NODE1.CLUSTER.TEST,,)\nusers (,Alice,)\n",
            "nodes (node1.cluster.test,,other.domain)\n",
            "nodes nodes (10.77.0.1,,)\n",
        ]);
        case.write(crate::case::NETGROUP, text);
        let line = format!("@{}\n", self.random.of(&GROUPS));
        self.rewrite_equiv(case, |text| [line.as_bytes(), &text].concat());
    }

    fn rewrite_equiv(&self, case: &mut Case, change: impl Fn(Vec<u8>) -> Vec<u8>) {
        for path in files(case) {
            if let Some(text) = case.text(&path).map(<[u8]>::to_vec) {
                case.files.get_mut(&path).unwrap().content = crate::case::Content::Bytes(change(text));
            }
        }
    }

    /// A line of any kind, about this host and user more often than not.
    fn equiv_line(&mut self, case: &Case) -> Vec<u8> {
        let host = self.any_name(case);
        let host = self.in_any_case(&host);
        let group = self.random.of(&GROUPS);
        let sign = self.random.of(&["", "", "", "", "+", "-", "-", "-+", "+-", "--"]);
        let host = match self.random.below(8) {
            0 => format!("{sign}@{group}"),
            1 => format!("{sign}@"),
            2 => sign.to_owned(),
            _ => format!("{sign}{host}"),
        };
        let client_user = String::from_utf8_lossy(&case.client_user).into_owned();
        let group = self.random.of(&GROUPS);
        let sign = self.random.of(&["", "", "+", "-", "-+"]);
        let user = match self.random.below(10) {
            0..=3 => String::new(),
            4 | 5 => format!(" {sign}{client_user}"),
            6 => format!(" {sign}{}", case.account),
            7 => format!(" {sign}@{group}"),
            8 => format!(" {sign}"),
            _ => format!(" {sign}carol"),
        };
        let rest = self.random.of(&["", "", "", "", "", "", " ", "\r", " # note", "#x", "\0x", " third"]);
        let start = self.random.of(&["", "", "", "", "", "", " ", "\t", "#", "NO_PLUS ", "NO_PLUS", "\u{feff}", "\r"]);
        format!("{start}{host}{user}{rest}\n").into_bytes()
    }
}
