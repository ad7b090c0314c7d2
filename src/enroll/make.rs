//! How a plan is made: the tasks in their order, each meeting what those before it have planned.

use std::collections::{BTreeMap, BTreeSet};

use super::admission::{Gap, gaps};
use super::draft::Draft;
use super::files::{OtherFiles, SystemFile};
use super::plan::{Change, Edit, HostPlan, Note, Plan, Status};
use super::refusal::{Refusal, Refused};
use super::registration::Registration;
use super::remove::{Removal, keys_of, names_of};
use super::still::still;
use super::survey::Survey;
use super::task::Task;
use super::texts::Texts;
use crate::key::PublicKey;
use crate::name::HostText;
use crate::shosts::Netgroups;

/// What a plan is made from, besides the files.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Who is in which netgroup.
    pub netgroups: &'a dyn Netgroups,
    /// What sshd asks besides both files: for hosts that are taken out.
    pub others: &'a OtherFiles,
    /// What was read of known_hosts before, for the same hosts.
    pub survey: Option<&'a Survey<'a>>,
}

impl Plan {
    /// What these tasks change. A task that is refused changes nothing; the others go on.
    pub fn make(texts: &Texts, tasks: &[Task], ground: Ground<'_>) -> Self {
        Self::of_bytes([&texts.known_hosts, &texts.shosts], tasks, ground)
    }

    /// What taking these hosts out of both files changes.
    pub fn remove(texts: &Texts, hosts: &[HostText], netgroups: &dyn Netgroups, others: &OtherFiles) -> Self {
        let tasks: Vec<Task> = hosts.iter().cloned().map(Task::Remove).collect();
        Self::make(texts, &tasks, Ground { netgroups, others, survey: None })
    }

    /// What registering these hosts changes.
    pub fn enroll(texts: &Texts, hosts: &[Registration], netgroups: &dyn Netgroups) -> Self {
        let tasks: Vec<Task> = hosts.iter().cloned().map(Task::Register).collect();
        Self::make(texts, &tasks, Ground { netgroups, others: &OtherFiles::default(), survey: None })
    }

    pub(super) fn of_bytes(files: [&[u8]; 2], tasks: &[Task], ground: Ground<'_>) -> Self {
        let mut names: Vec<HostText> = tasks.iter().flat_map(Task::texts).collect();
        names.sort_unstable();
        names.dedup();
        let removed = || tasks.iter().flat_map(Task::removed);
        let mut keys: Vec<PublicKey> = tasks.iter().flat_map(Task::keys).collect();
        let mut equiv_names = Vec::new();
        if removed().next().is_some() {
            // A host goes by its keys too: they are found by its names, and the other names by them.
            keys.extend(keys_of(files, removed(), &names));
            equiv_names = names_of(files, removed(), &names, &keys);
        }
        let [known_hosts, _] = files;
        let survey = ground.survey.filter(|_| keys.is_empty()).and_then(|survey| survey.narrowed(known_hosts, &names));
        let draft = match survey {
            Some(known_hosts) => Draft::with(known_hosts, files, &names, &equiv_names),
            None => Draft::new(files, &names, &equiv_names, &keys),
        };
        let mut making = Making { draft, plan: Self::default(), notes: BTreeSet::new(), ground };
        for task in tasks {
            making.add(task);
        }
        making.finish(tasks)
    }
}

struct Making<'a> {
    draft: Draft<'a>,
    plan: Plan,
    /// Those that are there, each once.
    notes: BTreeSet<String>,
    ground: Ground<'a>,
}

impl Making<'_> {
    fn add(&mut self, task: &Task) {
        let before = self.draft.changes.len();
        let mut unvouched = Vec::new();
        let planned = match task {
            Task::Register(host) => {
                let planned = host.plan(&mut self.draft, self.ground.netgroups);
                if let Ok(Status::Added | Status::Changed) = planned {
                    unvouched = host.unvouched(self.draft.changes.get(before..).unwrap_or_default());
                }
                planned
            }
            Task::Renew(host) => host.plan(&mut self.draft).map(|renewed| {
                self.note(renewed.notes);
                unvouched = renewed.unvouched;
                renewed.status
            }),
            Task::Remove(host) => self.remove(host).map_err(|refusal| vec![refusal]),
            Task::Prune(stale) => stale.plan(&mut self.draft).map_err(|refusal| vec![refusal]),
            Task::Revoke(revocation) => revocation.plan(&mut self.draft).map(|(status, notes)| {
                self.note(notes);
                status
            }),
            Task::Authority(authority) => authority.plan(&mut self.draft).inspect(|_| {
                self.note([Note::AuthorityAdmitsNobody]);
            }),
        };
        let (status, reasons) = match planned {
            Ok(status) => (status, Vec::new()),
            Err(reasons) => (Status::Refused, reasons),
        };
        if let (Task::Register(Registration { host, .. }), false) = (task, reasons.is_empty()) {
            self.plan.refused.push(Refused { host: host.clone(), reasons: reasons.clone() });
        }
        let again = std::mem::take(&mut self.draft.again);
        let changes = again.into_iter().chain(before..self.draft.changes.len()).collect();
        self.plan.hosts.push(HostPlan { status, reasons, changes, unvouched, gaps: Vec::new() });
    }

    fn remove(&mut self, host: &HostText) -> Result<Status, Refusal> {
        let removal = Removal::new(&self.draft, host);
        let (notes, texts) = (removal.notes(&self.draft), removal.texts(&self.draft));
        let changed = removal.plan(&mut self.draft)?;
        // It may be another name of one that was removed just now.
        let changed = changed || self.plan.gone.contains(host);
        if !changed && notes.is_empty() {
            self.note([Note::NotRegistered { host: host.clone() }]);
        }
        self.note(notes);
        for text in texts {
            if !self.plan.gone.contains(&text) {
                self.plan.gone.push(text);
            }
        }
        Ok(if changed { Status::Removed } else { Status::Unchanged })
    }

    fn note(&mut self, notes: impl IntoIterator<Item = Note>) {
        for note in notes {
            if self.notes.insert(note.to_string()) {
                self.plan.notes.push(note);
            }
        }
    }

    fn finish(self, tasks: &[Task]) -> Plan {
        let Self { draft, mut plan, ground, .. } = self;
        for (host, task) in plan.hosts.iter_mut().zip(tasks) {
            if let (Task::Register(registration), true) = (task, host.status != Status::Refused) {
                host.gaps = gaps(&draft.known_hosts, &draft.shosts, registration, ground.netgroups);
            }
        }
        plan.still = still(&draft.known_hosts, &draft.shosts, ground.others, &plan.gone, ground.netgroups);
        plan.changes = draft.changes;
        plan.number_added(&[draft.known_hosts.lines(), draft.shosts.lines()]);
        plan.number_answers();
        plan.sort_by_file();
        plan
    }
}

impl Plan {
    /// Lines that are added stand behind those that stay.
    fn number_added(&mut self, [known_hosts, shosts]: &[usize; 2]) {
        for (file, lines) in [(SystemFile::KnownHosts, known_hosts), (SystemFile::ShostsEquiv, shosts)] {
            let count = |is: fn(&Edit) -> bool| {
                self.changes.iter().filter(|change| change.file == file && is(&change.edit)).count()
            };
            let removed = count(|edit| matches!(edit, Edit::Remove { .. }));
            let added = count(|edit| matches!(edit, Edit::Add { .. }));
            let first = lines.saturating_sub(added).saturating_sub(removed).saturating_add(1);
            let adding = self.changes.iter_mut();
            let adding = adding.filter(|change| change.file == file && matches!(change.edit, Edit::Add { .. }));
            for (change, line) in adding.zip(first..) {
                change.line = line;
            }
        }
    }

    /// The lines that the matchers named are told by the numbers that they have when the plan is carried out.
    fn number_answers(&mut self) {
        let removed = |file: SystemFile| -> BTreeSet<usize> {
            let gone = |change: &&Change| change.file == file && matches!(change.edit, Edit::Remove { .. });
            self.changes.iter().filter(gone).map(|change| change.line).collect()
        };
        let gone = [SystemFile::KnownHosts, SystemFile::ShostsEquiv].map(|file| (file, removed(file)));
        let number = |file: &str, line: &mut usize| {
            if let Some((_, gone)) = gone.iter().find(|(other, _)| other.path() == file) {
                *line = line.saturating_sub(gone.range(..*line).count());
            }
        };
        for still in &mut self.still {
            number(still.equiv.file, &mut still.equiv.line);
            number(still.known_hosts.file, &mut still.known_hosts.line);
        }
        for gap in self.hosts.iter_mut().flat_map(|host| &mut host.gaps) {
            match &mut gap.gap {
                Gap::Denied { line } => number(SystemFile::ShostsEquiv.path(), line),
                Gap::KeyChanged { line, .. } | Gap::KeyRevoked { line, .. } => {
                    number(SystemFile::KnownHosts.path(), line)
                }
                Gap::NotInEquiv | Gap::KeyUnknown(_) => {}
            }
        }
    }

    /// All changes of the file that is written first come first.
    fn sort_by_file(&mut self) {
        let [first, _] = self.order();
        let mut changes: Vec<_> = std::mem::take(&mut self.changes).into_iter().enumerate().collect();
        changes.sort_by_key(|(_, change)| change.file != first);
        let places: BTreeMap<usize, usize> =
            changes.iter().enumerate().map(|(now, (before, _))| (*before, now)).collect();
        for host in &mut self.hosts {
            host.changes = host.changes.iter().filter_map(|before| places.get(before).copied()).collect();
            host.changes.sort_unstable();
        }
        self.changes = changes.into_iter().map(|(_, change)| change).collect();
    }
}
