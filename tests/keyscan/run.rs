//! Running both scanners.

use std::io::Write;
use std::process::{Command, Stdio};

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// The lines of its output, sorted; of equal comment lines one.
    pub(crate) fn sorted(&self) -> Vec<String> {
        sorted(&self.out)
    }

    /// The objects of hosts that `--json` printed; behind them stands that of the run, and counts them.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        let object = |line| serde_json::from_str::<serde_json::Value>(line).expect("one JSON object a line");
        let mut objects: Vec<_> = self.out.lines().map(object).collect();
        let run = objects.pop().unwrap_or_else(|| panic!("no object at all: {self:?}"));
        assert_eq!((run["record"].as_str(), run["command"].as_str()), (Some("run"), Some("keyscan")), "{self:?}");
        assert!(objects.iter().all(|object| object["record"] == "host"), "{self:?}");
        assert_eq!(run["hosts"].as_u64(), u64::try_from(objects.len()).ok(), "{self:?}");
        objects
    }

    /// The reason's code for the only type of the only host, after checking that everything agrees on a refusal.
    pub(crate) fn only_code(&self) -> String {
        let hosts = self.json();
        let [host] = &hosts[..] else { panic!("one host: {self:?}") };
        let [result] = &host["results"].as_array().unwrap()[..] else { panic!("one type: {self:?}") };
        let error = &result["error"];
        assert!(result["key"].is_null() && result["fingerprint"].is_null(), "a reason, so no key: {self:?}");
        assert_eq!(self.code, Some(1), "{self:?}");
        let told = self.err.lines().filter(|line| line.contains(error["text"].as_str().unwrap())).count();
        assert_eq!(told, 1, "told once on stderr: {self:?}");
        error["code"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn sorted(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    // One for each connection, and newer releases of ssh-keyscan know more types.
    lines.dedup_by(|a, b| a == b && a.starts_with(['#', ';']));
    lines
}

/// `hostbased keyscan` with these arguments, and these bytes on its standard input.
pub(crate) fn ours_with(arguments: &[&str], input: &[u8]) -> Finished {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
    finish(command.arg("keyscan").args(arguments), input)
}

pub(crate) fn ours(arguments: &[&str]) -> Finished {
    ours_with(arguments, b"")
}

/// ssh-keyscan with these arguments. Releases before 9.8 print the comment lines on stderr: here they are on stdout.
pub(crate) fn theirs(arguments: &[&str], input: &[u8]) -> Finished {
    let mut finished = finish(Command::new("ssh-keyscan").args(arguments), input);
    for line in finished.err.lines().filter(|line| line.starts_with("# ") || line.starts_with("; ")) {
        finished.out.push_str(line);
        finished.out.push('\n');
    }
    finished
}

fn finish(command: &mut Command, input: &[u8]) -> Finished {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that wants no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Finished {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
