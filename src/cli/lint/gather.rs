//! The files, their owners and modes, and what sshd looks up.

use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::cli::{Console, instant, netgroups, sshd};
use crate::enroll::Names;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::lint::{About, Accepted, File, Found, Inputs};
use crate::store::{self, FileKind, Problem, Root};
use crate::verify::Policy;
use crate::{known_hosts, shosts};

/// Where people put these files, and sshd does not look (sshd(8) names the first in its manual page).
const UNREAD: [&str; 3] = ["/etc/shosts.equiv", "/etc/ssh/hosts.equiv", "/etc/ssh/known_hosts"];

/// Which files are judged.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Which {
    /// All that sshd asks.
    System,
    /// shosts.equiv alone.
    ShostsEquiv,
    /// These.
    Files {
        /// A known_hosts file.
        known_hosts: Option<String>,
        /// A file of the hosts.equiv family.
        shosts: Option<String>,
    },
}

/// What the rules are given, as it was found.
#[derive(Clone)]
pub(in crate::cli) struct Gathered {
    pub(in crate::cli) root: Root,
    known_hosts: Option<known_hosts::Document>,
    known_hosts2: Option<known_hosts::Document>,
    shosts: Option<shosts::Document>,
    hosts_equiv: Option<shosts::Document>,
    about: Vec<About>,
    pub(in crate::cli) names: Option<Names>,
    policy: Option<Policy>,
    certificates: Vec<(String, PublicKey)>,
    now: u64,
    paths: [String; 4],
}

impl Gathered {
    /// Reads what is to be judged.
    ///
    /// # Errors
    /// [`Failure`], when a folder is missing. A file that cannot be read is a finding.
    pub(in crate::cli) fn read(
        root: &Root,
        which: Which,
        names: Option<Names>,
        command: &str,
        console: &mut Console,
    ) -> Result<Self, Failure> {
        let mut gathered = Self {
            root: root.clone(),
            known_hosts: None,
            known_hosts2: None,
            shosts: None,
            hosts_equiv: None,
            about: Vec::new(),
            names,
            policy: None,
            certificates: Vec::new(),
            now: instant::now(),
            paths: File::ALL.map(|file| file.path().to_owned()),
        };
        match which {
            Which::System => {
                File::ALL.into_iter().try_for_each(|file| gathered.add(file))?;
                UNREAD.into_iter().for_each(|path| gathered.add_unread(path));
            }
            Which::ShostsEquiv => gathered.add(File::ShostsEquiv)?,
            Which::Files { known_hosts, shosts } => {
                // Whose these are, and which server is meant, nobody said.
                for (file, path) in [(File::KnownHosts, known_hosts), (File::ShostsEquiv, shosts)] {
                    if let Some(path) = path {
                        gathered.set_path(file, &path)?;
                        gathered.add(file)?;
                    }
                }
                return Ok(gathered);
            }
        }
        gathered.ask_sshd(command, console);
        Ok(gathered)
    }

    /// What sshd looks up and accepts, for hosts that no Match block is for; where it does not say, that is noted.
    fn ask_sshd(&mut self, command: &str, console: &mut Console) {
        let asked = sshd::of_root(&self.root).and_then(|sshd| {
            let output = sshd.general()?.output;
            Ok((Names::from_sshd(&output)?, Policy::from_sshd(&output).ok()))
        });
        match asked {
            Ok((names, policy)) => {
                self.names = self.names.or(Some(names));
                self.policy = policy;
            }
            Err(error) if self.names.is_none() => {
                console.note(&format!("hostbased {command}: which names sshd matches is not known: {error}"));
            }
            Err(_) => {}
        }
    }

    /// Judges a host certificate besides.
    ///
    /// # Errors
    /// [`Failure`], when the file holds none.
    pub(in crate::cli) fn add_certificate(&mut self, path: &str) -> Result<(), Failure> {
        let key = read_key(path)?;
        let shown = escape(path).to_string();
        if key.certificate().is_none() {
            return Err(Failure::Argument(format!("{shown}: this is a plain key, and no certificate")));
        }
        self.certificates.push((shown, key));
        Ok(())
    }

    fn set_path(&mut self, file: File, path: &str) -> Result<(), Failure> {
        let path = std::path::absolute(path)?;
        if let Some(known) = self.paths.get_mut(index(file)) {
            *known = path.to_string_lossy().into_owned();
        }
        Ok(())
    }

    /// Where a file is, below the root.
    pub(in crate::cli) fn path(&self, file: File) -> &str {
        self.paths.get(index(file)).map(String::as_str).unwrap_or_default()
    }

    /// Whether it is judged.
    pub(in crate::cli) const fn has(&self, file: File) -> bool {
        match file {
            File::KnownHosts => self.known_hosts.is_some(),
            File::KnownHosts2 => self.known_hosts2.is_some(),
            File::ShostsEquiv => self.shosts.is_some(),
            File::HostsEquiv => self.hosts_equiv.is_some(),
        }
    }

    fn add(&mut self, file: File) -> Result<(), Failure> {
        let path = self.path(file).to_owned();
        let shown = escape(&path).to_string();
        let about = |found| About { path: shown.clone(), file: Some(file), found };
        let seen = match store::inspect(&self.root, &path) {
            Ok(seen) => seen,
            Err(error) => {
                let found = match error.problem {
                    Problem::NotAFile(kind) => Found::There { owner: 0, mode: 0, wrong_kind: Some(kind.to_string()) },
                    Problem::NoFolder | Problem::NotAFolder(FileKind::Regular) if file != File::HostsEquiv => {
                        return Err(error.into());
                    }
                    Problem::NoFolder => Found::Nothing,
                    problem => Found::Unreadable(problem.to_string()),
                };
                self.about.push(about(found));
                return Ok(());
            }
        };
        for folder in seen.folders {
            let path = escape(folder.path.as_os_str().as_encoded_bytes()).to_string();
            let found = Found::There { owner: folder.owner, mode: folder.mode, wrong_kind: None };
            let about = About { path, file: None, found };
            if !self.about.contains(&about) {
                self.about.push(about);
            }
        }
        let bytes = match seen.file {
            Some((file, bytes)) => {
                self.about.push(about(Found::There { owner: file.owner, mode: file.mode, wrong_kind: None }));
                bytes
            }
            None if self.is_system() => Vec::new(),
            // Who names a file means one that exists.
            None => {
                self.about.push(about(Found::Unreadable("there is no such file".to_owned())));
                return Ok(());
            }
        };
        match file {
            File::KnownHosts => self.known_hosts = Some(known_hosts::Document::parse(&bytes)),
            File::KnownHosts2 => self.known_hosts2 = Some(known_hosts::Document::parse(&bytes)),
            File::ShostsEquiv => self.shosts = Some(shosts::Document::parse(&bytes)),
            File::HostsEquiv => self.hosts_equiv = Some(shosts::Document::parse(&bytes)),
        }
        Ok(())
    }

    fn is_system(&self) -> bool {
        File::ALL.iter().all(|&file| self.path(file) == file.path())
    }

    fn add_unread(&mut self, path: &str) {
        if let Ok(seen) = store::inspect(&self.root, path)
            && seen.file.is_some()
        {
            self.about.push(About { path: path.to_owned(), file: None, found: Found::Unread });
        }
    }

    /// What the rules are given.
    pub(in crate::cli) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            known_hosts: self.known_hosts.as_ref(),
            known_hosts2: self.known_hosts2.as_ref(),
            shosts: self.shosts.as_ref(),
            hosts_equiv: self.hosts_equiv.as_ref(),
            names: self.names,
            now: Some(self.now),
            // What another machine's name services say cannot be asked from here.
            netgroups: self.root.is_system().then(|| netgroups::of_root(&self.root)),
            accepted: self.policy.as_ref().map(|policy| Accepted {
                algorithms: &policy.hostbased_accepted_algorithms,
                rsa_bits: policy.required_rsa_size,
            }),
            certificates: &self.certificates,
            about: &self.about,
            runner: nix::unistd::geteuid().as_raw(),
        }
    }

    /// Other content in the place of what was read.
    pub(in crate::cli) fn set(&mut self, file: File, bytes: &[u8]) {
        match file {
            File::KnownHosts => self.known_hosts = Some(known_hosts::Document::parse(bytes)),
            File::ShostsEquiv => self.shosts = Some(shosts::Document::parse(bytes)),
            File::KnownHosts2 | File::HostsEquiv => {}
        }
    }

    /// The text of a line.
    pub(in crate::cli) fn line(&self, file: File, number: usize) -> &[u8] {
        match file {
            File::KnownHosts => text(self.known_hosts.as_ref(), number),
            File::KnownHosts2 => text(self.known_hosts2.as_ref(), number),
            File::ShostsEquiv => text(self.shosts.as_ref(), number),
            File::HostsEquiv => text(self.hosts_equiv.as_ref(), number),
        }
    }

    /// What must be said besides findings.
    pub(in crate::cli) fn notes(&self) -> Vec<String> {
        let mut documents = [self.shosts.as_ref(), self.hosts_equiv.as_ref()].into_iter().flatten();
        let is_asked = self.root.is_system();
        let netgroup = documents
            .any(|document| document.entries().any(|(_, entry)| matches!(entry.host().who, shosts::Who::Netgroup(_))));
        let note = "netgroups are not asked: whom they admit or shut out is not known here".to_owned();
        (netgroup && !is_asked).then_some(note).into_iter().collect()
    }
}

fn text<C: crate::lines::Content>(document: Option<&crate::lines::Document<C>>, number: usize) -> &[u8] {
    document.and_then(|document| document.line(number)).map(crate::lines::Line::text).unwrap_or_default()
}

const fn index(file: File) -> usize {
    match file {
        File::KnownHosts => 0,
        File::KnownHosts2 => 1,
        File::ShostsEquiv => 2,
        File::HostsEquiv => 3,
    }
}
