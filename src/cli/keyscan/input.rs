//! The hosts to scan: files first, then arguments, as ssh-keyscan takes them.

use std::io::{self, Read};

use super::{Args, KeyscanError};
use crate::cli::Console;
use crate::escape::escape;
use crate::scan::{Input, InputError, parse_input, strip_comment};

/// Largest file of hosts.
pub(super) const MAX_FILE_BYTES: u64 = 64 << 20;

/// What there is to scan.
pub(super) struct Inputs {
    pub(super) hosts: Vec<Input>,
    /// Whether every line was understood.
    pub(super) all_read: bool,
}

/// Reads all files and arguments. A line that cannot be understood is told and left out.
pub(super) fn read(args: &Args, console: &mut Console) -> Result<Inputs, KeyscanError> {
    let mut inputs = Inputs { hosts: Vec::new(), all_read: true };
    for path in &args.files {
        let bytes = read_file(path, console)?;
        let shown = if path == "-" { "standard input" } else { path };
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            let place = || format!("{}:{}", escape(shown), index.saturating_add(1));
            inputs.add(parse_input(strip_comment(line), args.port), place, args, console)?;
        }
    }
    for host in &args.hosts {
        // An empty line is nothing; an empty argument is a mistake.
        let input = parse_input(host.as_bytes(), args.port);
        let input = input.and_then(|input| input.ok_or(InputError::EmptyAddress).map(Some));
        inputs.add(input, || format!("{:#}", escape(host)), args, console)?;
    }
    Ok(inputs)
}

impl Inputs {
    fn add(
        &mut self,
        input: Result<Option<Input>, InputError>,
        place: impl Fn() -> String,
        args: &Args,
        console: &mut Console,
    ) -> Result<(), KeyscanError> {
        match input {
            Ok(None) => {}
            Ok(Some(input)) => {
                if let Some((host, port)) = bare_port(&input) {
                    self.all_read = false;
                    let (host, place) = (escape(host), place());
                    console.note(&format!("hostbased keyscan: {place}: a port needs brackets: write [{host}]:{port}"));
                    return Ok(());
                }
                if let Input::Range(range) = input {
                    if range.count() > args.max_hosts {
                        return Err(KeyscanError::RangeTooLarge { range, count: range.count(), max: args.max_hosts });
                    }
                    if !range.is_exact() {
                        console.note(&format!("hostbased keyscan: {}: taken as {range}", place()));
                    }
                }
                self.hosts.push(input);
            }
            Err(error) => {
                self.all_read = false;
                console.note(&format!("hostbased keyscan: {}: {error}", place()));
            }
        }
        Ok(())
    }
}

/// An address with a port behind it but without brackets, where no IPv6 address can be meant: no name holds a colon, so
/// it would never resolve.
fn bare_port(input: &Input) -> Option<(&str, u16)> {
    let Input::Host(target) = input else { return None };
    target.addresses().iter().find_map(|address| {
        let (host, port) = address.split_once(':')?;
        let port = port.parse().ok().filter(|&port| port != 0)?;
        (!host.is_empty()).then_some((host, port))
    })
}

#[allow(
    clippy::disallowed_types,
    reason = "a list of hosts is an argument of the command, not one of the store's files"
)]
fn read_file(path: &str, console: &mut Console) -> Result<Vec<u8>, KeyscanError> {
    let failed = |error: io::Error| KeyscanError::File { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    let limit = MAX_FILE_BYTES.saturating_add(1);
    if path == "-" {
        console.input().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_FILE_BYTES { Err(KeyscanError::FileTooLarge(path.to_owned())) } else { Ok(bytes) }
}
