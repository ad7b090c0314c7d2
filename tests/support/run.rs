//! What a run of the command gave.

use std::process::Output;

/// What a run of the command gave.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub output: String,
    pub error: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Its one JSON object.
    #[track_caller]
    #[allow(dead_code, reason = "not every command prints one")]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its JSON objects, one a line.
    #[track_caller]
    #[allow(dead_code, reason = "not every command prints several")]
    pub fn records(&self) -> Vec<serde_json::Value> {
        let record = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        self.output.lines().map(record).collect()
    }
}
