//! The command line.

use std::collections::VecDeque;
use std::path::PathBuf;

use hostbased::bridge::client::{host_public_keys, read_public_key};
use hostbased::key::{AlgorithmList, PublicKey};

use crate::Fallible;

pub const USAGE: &str = "usage: russh_client [USER@]HOST[:PORT] [--helper PATH | --key-file FILE] [--public-key FILE]...
           [--accepted-algorithms LIST] [--client-host NAME] [--client-user NAME] [--known-host-key FILE] [--] COMMAND...";

/// What was typed. The options are those of the usage line.
pub struct Arguments {
    pub user: Option<String>,
    pub host: String,
    pub port: u16,
    pub helper: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    pub public_key_files: Vec<PathBuf>,
    pub accepted: AlgorithmList,
    pub client_host: Option<String>,
    pub client_user: Option<String>,
    pub known_host_key: Option<PathBuf>,
    pub command: String,
}

impl Arguments {
    /// # Errors
    /// Which word is wrong, and the usage.
    pub fn parse(words: Vec<String>) -> Fallible<Self> {
        let mut words = VecDeque::from(words);
        let wrong = |what: String| format!("{what}\n{USAGE}");
        let destination = words.pop_front().filter(|word| !word.starts_with('-'));
        let destination = destination.ok_or_else(|| wrong("the first word is the HOST".to_owned()))?;
        let (user, address) = match destination.rsplit_once('@') {
            Some(("", _)) => return Err(wrong(format!("{destination:?} has no user before its @")).into()),
            Some((user, address)) => (Some(user.to_owned()), address),
            None => (None, destination.as_str()),
        };
        // An IPv6 address has its brackets where a port follows: [::1]:22.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong(format!("{port:?} in {destination:?} is no port")))?)
            }
            _ => (address, 22),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let default = AlgorithmList::hostbased_default();
        let mut parsed = Self {
            user,
            host,
            port,
            helper: None,
            key_file: None,
            public_key_files: Vec::new(),
            accepted: default.clone(),
            client_host: None,
            client_user: None,
            known_host_key: None,
            command: String::new(),
        };
        while let Some(option) = words.pop_front() {
            if option == "--" {
                break;
            }
            // As with ssh, the command may begin without it.
            if !option.starts_with('-') {
                words.push_front(option);
                break;
            }
            let mut value = || words.pop_front().ok_or_else(|| wrong(format!("{option} needs a value")));
            match option.as_str() {
                "--helper" => parsed.helper = Some(value()?.into()),
                "--key-file" => parsed.key_file = Some(value()?.into()),
                "--public-key" => parsed.public_key_files.push(value()?.into()),
                "--accepted-algorithms" => parsed.accepted = AlgorithmList::parse(&value()?, &default)?,
                "--client-host" => parsed.client_host = Some(value()?),
                "--client-user" => parsed.client_user = Some(value()?),
                "--known-host-key" => parsed.known_host_key = Some(value()?.into()),
                _ => return Err(wrong(format!("there is no option {option:?}")).into()),
            }
        }
        parsed.command = Vec::from(words).join(" ");
        if parsed.command.is_empty() {
            return Err(wrong("there is no COMMAND".to_owned()).into());
        }
        if parsed.helper.is_some() && parsed.key_file.is_some() {
            return Err(wrong("--helper or --key-file, not both".to_owned()).into());
        }
        Ok(parsed)
    }

    /// The keys to offer: those that were named, those beside the key file, or the host's.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        let beside =
            |file: &PathBuf| ["-cert.pub", ".pub"].map(|end| PathBuf::from(format!("{}{end}", file.display())));
        let files = match &self.key_file {
            Some(file) if self.public_key_files.is_empty() => {
                beside(file).into_iter().filter(|file| file.exists()).collect()
            }
            _ => self.public_key_files.clone(),
        };
        let read = match files.is_empty() {
            true => host_public_keys("/etc/ssh".as_ref()),
            false => {
                files.into_iter().map(|file| (read_public_key(&file), file)).map(|(key, file)| (file, key)).collect()
            }
        };
        let told = |(file, key): (PathBuf, Result<PublicKey, _>)| {
            key.map_err(|error| eprintln!("russh_client: {}: {error}", file.display())).ok()
        };
        read.into_iter().filter_map(told).collect()
    }
}
