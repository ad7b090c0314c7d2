//! The arguments of ssh-keyscan(1), and ours.

use thiserror::Error;

use crate::cli::arguments::{ArgumentError, port, scan_type};
use crate::cli::scanning::ScanArgs;
use crate::dns::SshfpDigest;
use crate::scan::{Family, Options, ScanType};

/// Addresses of one range unless told otherwise: an IPv4 /16.
const DEFAULT_MAX_HOSTS: u128 = 65_536;

/// Ask hosts for their public keys and print those that they prove to hold, as ssh_known_hosts lines.
///
/// A key is printed only when its host has signed the key exchange with it. That proves that the host holds the key,
/// not who the host is.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Use IPv4 addresses only
    #[arg(short = '4', overrides_with = "ipv6")]
    ipv4: bool,

    /// Use IPv6 addresses only
    #[arg(short = '6', overrides_with = "ipv4")]
    ipv6: bool,

    /// Ask for host certificates instead of plain keys, and print them alone
    #[arg(short = 'c')]
    pub(super) certificates: bool,

    /// Print SSHFP records instead of known_hosts lines
    #[arg(short = 'D', conflicts_with = "certificates")]
    pub(super) sshfp: bool,

    /// Hash all names
    #[arg(short = 'H')]
    pub(super) hash: bool,

    /// Leave out the comment lines that name each server
    #[arg(short = 'q')]
    pub(super) quiet: bool,

    /// Tell more on standard error: what each host lacks and what was tried; up to three times
    #[arg(short = 'v', action = clap::ArgAction::Count, value_parser = clap::value_parser!(u8).range(..=3))]
    pub(super) verbose: u8,

    /// Read hosts from a file, one line each: HOST, ADDRESS[,ADDRESS...] NAME[,NAME...] or ADDRESS/BITS; - is standard input
    #[arg(short = 'f', value_name = "FILE")]
    pub(super) files: Vec<String>,

    /// hashalg=sha1 or hashalg=sha256: print SSHFP records of this digest only
    #[arg(short = 'O', value_name = "OPTION", value_parser = parse_option)]
    digests: Vec<SshfpDigest>,

    /// Connect to this port, a number or a service's name
    #[arg(short = 'p', value_name = "PORT", default_value = "22", value_parser = port, overrides_with = "port")]
    pub(super) port: u16,

    #[command(flatten)]
    pub(super) scan: ScanArgs,

    /// Ask for these types, and fail for each that a host lacks: rsa, ecdsa, ed25519, ecdsa-sk, ed25519-sk, mldsa44-ed25519
    #[arg(short = 't', value_name = "TYPE[,TYPE...]", value_parser = parse_types, overrides_with = "types")]
    pub(super) types: Option<Types>,

    /// Scan ranges of up to this many addresses
    #[arg(long, value_name = "N", default_value_t = DEFAULT_MAX_HOSTS)]
    pub(super) max_hosts: u128,

    /// Print one JSON object a line for each host
    #[arg(long, conflicts_with_all = ["sshfp", "hash"])]
    pub(super) json: bool,

    // An attribute, for in a doc comment the brackets would be links.
    #[arg(help = "HOST, [HOST]:PORT, \"ADDRESS[,ADDRESS...] NAME[,NAME...]\" or ADDRESS/BITS")]
    #[arg(value_name = "HOST", required_unless_present = "files")]
    pub(super) hosts: Vec<String>,
}

impl Args {
    pub(super) fn options(&self) -> Options {
        self.scan.options(Options {
            types: self.types.as_ref().map_or_else(|| ScanType::ALL.to_vec(), |types| types.0.clone()),
            certificates: self.certificates,
            family: match (self.ipv4, self.ipv6) {
                (true, _) => Family::V4,
                (_, true) => Family::V6,
                _ => Family::Any,
            },
            ..Options::default()
        })
    }

    /// The digests of SSHFP records; of several options the last counts.
    pub(super) fn digests(&self) -> Vec<SshfpDigest> {
        self.digests.last().map_or_else(|| SshfpDigest::ALL.to_vec(), |&digest| vec![digest])
    }
}

/// Key types that were asked for by name, in the scanner's order, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types(Vec<ScanType>);

/// Why a value of `-O` is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum OptionError {
    #[error("the only option is hashalg=sha1 or hashalg=sha256")]
    Unknown,
    #[error("SSHFP records have no such digest: sha1 or sha256")]
    Digest,
}

fn parse_types(text: &str) -> Result<Types, ArgumentError> {
    let asked = text.split(',').map(scan_type).collect::<Result<Vec<_>, _>>()?;
    Ok(Types(ScanType::ALL.into_iter().filter(|kind| asked.contains(kind)).collect()))
}

fn parse_option(text: &str) -> Result<SshfpDigest, OptionError> {
    // OpenSSH: ssh-keyscan.c, case 'O': the option's name in any case.
    let name = text.split_once('=').filter(|(option, _)| option.eq_ignore_ascii_case("hashalg"));
    let (_, digest) = name.ok_or(OptionError::Unknown)?;
    SshfpDigest::from_name(digest).ok_or(OptionError::Digest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn parse(arguments: &str) -> Result<Cli, String> {
        let words = ["hostbased", "keyscan"].into_iter().chain(arguments.split_ascii_whitespace());
        Cli::try_parse_from(words).map_err(|error| error.to_string())
    }

    #[test]
    fn types_are_asked_for_in_the_scanner_s_order() {
        assert_eq!(parse_types("ed25519,RSA,rsa-sha2-512"), Ok(Types(vec![ScanType::Rsa, ScanType::Ed25519])));
        assert_eq!(parse_types("rsa,"), Err(ArgumentError::Type(String::new())));
        assert_eq!(parse_types("dsa"), Err(ArgumentError::Type("dsa".into())));
    }

    #[test]
    fn the_last_of_several_counts_and_each_wrong_one_is_named() {
        let parsed = parse("-t rsa -t ed25519 -p 1 -p 2 -4 -6 -T 1 -T 2m h").unwrap();
        let crate::cli::Command::Keyscan(args) = parsed.command else { panic!("keyscan was asked for") };
        assert_eq!(args.types, Some(Types(vec![ScanType::Ed25519])));
        assert_eq!(args.port, 2);
        let options = args.options();
        assert_eq!(options.family, Family::V6);
        assert_eq!(options.timeout, Duration::from_secs(120));
        for (arguments, reason) in [
            ("", "<HOST>"),
            ("-t dsa h", "unknown key type \"dsa\""),
            ("-p 0 h", "not a port"),
            ("-T 0 h", "not a time"),
            ("-O x=1 h", "the only option is hashalg"),
            ("-O hashalg=md5 h", "no such digest"),
            ("-vvvv h", "4 is not in"),
            ("-D -c h", "cannot be used with"),
            ("--json -H h", "cannot be used with"),
            ("-x h", "unexpected argument"),
        ] {
            let error = parse(arguments).unwrap_err();
            assert!(error.contains(reason), "{arguments}: {error}");
        }
    }
}
