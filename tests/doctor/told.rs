//! What doctor tells of a pair, on each of its ways to be asked.

use std::process::Command;

use hostbased::failures::Id;
use serde_json::Value;

use crate::case::Case;
use crate::pair::{LOG, Login, Pair};
use crate::run::Run;

/// Where the client's statement goes.
const EXPORT: &str = "/tmp/export.json";

/// What a run of doctor told.
#[derive(Debug)]
pub struct Told(pub Vec<Value>);

impl Told {
    #[track_caller]
    fn by(command: &mut Command) -> Self {
        let run = Run::from(command.output().unwrap());
        Self::of(command, run)
    }

    #[track_caller]
    fn of(command: &Command, run: Run) -> Self {
        assert!(matches!(run.code, Some(0 | 1)), "{command:?}: {run:?}");
        let records = run.records();
        let last = records.last().unwrap_or_else(|| panic!("{command:?} says nothing: {run:?}"));
        assert_eq!(last["record"], "run", "{command:?}: {run:?}");
        let findings: Vec<Value> = records.into_iter().filter(|record| record["record"] == "finding").collect();
        let is_bad = findings.iter().any(|finding| finding["severity"] != "information");
        assert_eq!(run.code, Some(i32::from(is_bad)), "{command:?}: {findings:#?}");
        Self(findings)
    }

    /// The ids of this severity, in their order.
    pub fn ids(&self, severity: &str) -> Vec<Id> {
        let of_severity = self.0.iter().filter(|finding| finding["severity"] == severity);
        of_severity.map(|finding| finding["id"].as_str().unwrap().parse().unwrap()).collect()
    }

    /// The first error.
    pub fn cause(&self) -> Option<&Value> {
        self.0.iter().find(|finding| finding["severity"] == "error")
    }

    /// Each finding in a line.
    pub fn lines(&self) -> String {
        let line = |finding: &Value| {
            let word = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
            format!(
                "{} {} ({}): {} -> {}",
                word("severity"),
                word("id"),
                word("file"),
                word("seen"),
                finding["mends"][0]
            )
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n      ")
    }
}

/// `doctor client`, as the user, in the session that fails.
pub fn client(case: &Case, pair: &Pair) -> Told {
    let mut command = (case.session)(pair, case.user, "hostbased");
    command.args(["doctor", "client", "--server", case.target, "--user", case.account.name, "--json"]);
    Told::by(command.args(case.doctors_options))
}

/// `doctor server`, as root.
pub fn server(case: &Case, pair: &Pair) -> Told {
    let mut command = pair.server.as_root("hostbased");
    command.args(["doctor", "server", "--client", case.address, "--user", case.account.name, "--json"]);
    if case.user.name != case.account.name {
        command.args(["--client-user", case.user.name]);
    }
    Told::by(&mut command)
}

/// `doctor server`, with what the client says of itself.
pub fn joined(case: &Case, pair: &Pair) -> Told {
    let mut command = (case.session)(pair, case.user, "hostbased");
    command.args(["doctor", "client", "--server", case.target, "--user", case.account.name, "--export"]);
    let run = Run::from(command.args(case.doctors_options).output().unwrap());
    assert!(matches!(run.code, Some(0 | 1)), "{command:?}: {run:?}");
    pair.server.write(EXPORT, run.output);
    let mut command = pair.server.as_root("hostbased");
    Told::by(command.args(["doctor", "server", "--from", EXPORT, "--json"]).args(case.joints_options))
}

/// `doctor --log`, on what both programs wrote.
pub fn log(pair: &Pair, login: &Login) -> Told {
    pair.server.write("/tmp/ssh.log", &login.client.error);
    let texts = [LOG, "/tmp/ssh.log"].into_iter().filter(|text| pair.server.has(text));
    let of = |text| {
        let mut command = pair.server.as_root("hostbased");
        command.args(["doctor", "--log", text, "--json"]);
        let run = Run::from(command.output().unwrap());
        // Where ssh does not come far, sshd has nothing to say of it.
        if run.code == Some(2) && run.error.contains("no line of it is one by which") {
            Vec::new()
        } else {
            Told::of(&command, run).0
        }
    };
    Told(texts.flat_map(of).collect())
}
