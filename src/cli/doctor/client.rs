//! `hostbased doctor client`: as the user who cannot log in.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "looks at this machine as ssh would: runs ssh and its helper, reads what they read, and sends nothing"
)]

mod configs;
mod export;
mod files;
mod gather;
mod helper;
mod keys;
mod known;
mod network;
mod options;
mod own;
mod plan;
mod process;
mod programs;
mod sign;
mod system;

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::fix;
use super::report::Told;
use super::{Console, Failure, Outcome};
use crate::cli::arguments;
use crate::doctor::Machine;
use crate::doctor::client::judge;
use crate::escape::escape;

/// Look at this machine as a client, as the user who cannot log in: configuration, keys, helper, and as whom it would come.
///
/// Nobody logs in, and nothing is sent to the server: names are looked up, and the helper signs for a session that does not
/// exist. Without --server, what depends on the server is left out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The server, as it is typed behind ssh
    #[arg(long, value_name = "HOST", value_parser = host)]
    server: Option<String>,

    /// The account on the server
    #[arg(long, value_name = "USER", value_parser = word, requires = "server")]
    user: Option<String>,

    /// The server's port
    #[arg(long, value_name = "PORT", value_parser = arguments::port, requires = "server")]
    port: Option<u16>,

    /// The configuration that ssh is given by -F
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Write what would be sent, signed by the host's keys, for `hostbased doctor server --from`; without FILE to standard
    /// output, in place of the report
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-", requires = "server")]
    export: Option<PathBuf>,

    #[command(flatten)]
    fix: fix::FixArgs,

    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// A host as ssh takes it: what begins with `-` would be an option.
fn host(text: &str) -> Result<String, String> {
    let is_host = !text.contains(['@', '/', ',']) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_host { word(text) } else { Err("not the name or address of a host".to_owned()) }
}

fn word(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('-') { Err("not a name".to_owned()) } else { Ok(text.to_owned()) }
}

/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let gathered = gather::gather(args)?;
    let findings = judge(&gathered.facts);
    let mut notes = gathered.notes();
    let exported = args.export.as_ref().map(|path| (path, export::lines(&gathered, &findings)));
    let is_shown = exported.as_ref().is_some_and(|(path, _)| path.as_os_str() == "-");
    if let Some((path, lines)) = exported.as_ref().filter(|_| !is_shown) {
        export::write(path, lines)?;
        notes.push(format!(
            "{} is for the server: hostbased doctor server --from FILE",
            escape(path.as_os_str().as_bytes())
        ));
    }
    let told = Told { side: "client", findings: &findings, notes: &notes, json: args.json };
    if let Some((_, lines)) = exported.filter(|_| is_shown) {
        console.text(lines.as_bytes())?;
        return Ok(told.outcome());
    }
    plan::tell(&gathered.facts, args.json, console)?;
    told.tell(console)?;
    let all_good = fix::run(&args.fix, Machine::Client, &findings, args.json, console)?;
    Ok(if all_good { told.outcome() } else { Outcome::Refused })
}
