//! The one request, from its start as root to the reply.

use std::io;
use std::os::fd::AsFd;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use hostbased::key::PublicKey;
use hostbased::sign::{Blinding, Caller, CheckedRequest};
use hostbased::wire::{HelperReply, HelperRequest, SignedData};

use crate::account::Account;
use crate::audit::{self, Counter, Log, Record};
use crate::descriptor::{self, Connection};
use crate::groups::Groups;
use crate::host_keys::OpenedKeys;
use crate::key_files::{KEY_FILES, KEY_FOLDER, SealedKeys};
use crate::privilege::RealUser;
use crate::refusal::Refusal;
use crate::sandbox::{self, Protection, StageOne};
use crate::settings::{self, SETTINGS_FILE};
use crate::{ROOT, diagnosis, enabled, groups, output, request, without_panic};

/// Answers the request on standard input.
///
/// # Errors
/// [`Refusal`]: nothing was signed, or nobody took the signature.
pub(crate) fn answer() -> Result<(), Refusal> {
    if !standard_descriptors_are_open() {
        // As OpenSSH's helper does: without a word, for there may be nowhere to say it.
        std::process::exit(1);
    }
    hostbased_sys::clear_environment().map_err(|error| Refusal::Environment(error.kind()))?;
    let mut started = sandbox::begin()?;
    let sealed = SealedKeys::read(&KEY_FILES, Path::new(KEY_FOLDER), ROOT);
    let counter = Counter::open();
    let user = RealUser::drop_privileges()?;

    if !sealed.are_locked() {
        started.lacks(Protection::KeyMemory);
    }
    let no_new_privs_before = started.no_new_privs_before();
    let confined = started.confine(&user);
    let log = Log::connect(&user, counter);
    let mut audit = Audit { record: Record::of(user.uid().as_raw()), wanted: true };
    let outcome = confined.map_err(Refusal::from).and_then(|stage_one| {
        audit.record.sandbox = Some(stage_one.missing().to_string());
        audit.record.parent = audit::parent::calling_process();
        let asked = Asked { user: &user, sealed, log: &log, no_new_privs_before };
        without_panic(AssertUnwindSafe(|| sign(asked, stage_one, &mut audit)))
    });

    // In front of the reply: no signature leaves without its line.
    if audit.wanted {
        let said = match &outcome {
            Ok(_) => audit::Outcome::Signed,
            Err(refusal) => audit::Outcome::Refused { code: refusal.code() },
        };
        log.write(&audit.record, said);
    }
    // Nothing of a key is in memory any more, however long the caller takes.
    output::send(&HelperReply { signature: &outcome? }.encode())
}

/// What is told of this request.
struct Audit {
    record: Record,
    /// Unless the settings say no.
    wanted: bool,
}

/// What stage one begins with.
struct Asked<'a> {
    user: &'a RealUser,
    sealed: SealedKeys,
    log: &'a Log,
    no_new_privs_before: bool,
}

/// Stage one, and behind its end stage two: the signature blob. What is learned on the way stands in the record.
fn sign(asked: Asked<'_>, stage_one: StageOne, audit: &mut Audit) -> Result<Vec<u8>, Refusal> {
    let Asked { user, sealed, log, no_new_privs_before } = asked;
    // Before anything is refused: `ssh` ends without a try at other methods when its request finds no reader
    // (OpenSSH: sshconnect2.c `ssh_keysign`). What came is told last, as by OpenSSH's helper.
    let frame = request::receive(&stage_one, io::stdin().as_fd());
    let account = Account::of(user).ok_or(Refusal::NoAccount)?;
    audit.record.user = Some(account.name.clone());
    let settings = settings::read(Path::new(SETTINGS_FILE), ROOT)?;
    audit.wanted = settings.audit;
    enabled::check(&account)?;
    if settings.strict_sandbox && !stage_one.missing().is_empty() {
        return Err(Refusal::SandboxIncomplete(stage_one.missing().clone()));
    }
    let groups = if settings.asks_for_groups() { groups::of(&account)? } else { Groups::default() };
    settings.may_call(&account.name, &groups)?;
    let files = sealed.unseal(user)?;
    let opened = OpenedKeys::among(&files, || diagnosis::missing_privileges(user.before(), no_new_privs_before))?;
    let received = frame.as_deref().map_err(|&error| error.into()).and_then(|frame| look_at(frame, &stage_one));
    if let Ok((_, connection)) = &received {
        audit.record.local_name = Some(connection.local_name.clone());
        (audit.record.local, audit.record.peer) = (connection.local, connection.peer);
    }
    let mut blinding = Blinding::draw()?;
    let stage_two = stage_one.seal(&log.sent_to())?;

    let keys = opened.identify(&stage_two)?;
    let (request, connection) = received?;
    let caller = Caller { local_name: &connection.local_name, user: &account.name };
    let checked = CheckedRequest::check(request.data, &caller).inspect_err(|_| audit.record.note(request.data))?;
    audit.record.note(request.data);
    settings.may_be(checked.server_user())?;
    settings.may_sign(checked.algorithm())?;
    keys.sign(&checked, &mut blinding)
}

/// The request, and the connection that it names: all that the name services are asked about.
fn look_at<'f>(frame: &'f [u8], stage_one: &StageOne) -> Result<(HelperRequest<'f>, Connection), Refusal> {
    let request = HelperRequest::parse(frame)?;
    let connection = descriptor::connection(stage_one, request.fd)?;
    Ok((request, connection))
}

impl Record {
    /// Notes what the data asks for, be it right or not.
    fn note(&mut self, data: &[u8]) {
        let Ok(fields) = SignedData::parse(data) else { return };
        self.server_user = Some(fields.user.to_vec());
        self.algorithm = Some(fields.algorithm.to_vec());
        self.key = PublicKey::from_blob(fields.public_key).ok().map(|key| key.fingerprint().to_string());
    }
}

/// Whether descriptors 0, 1 and 2 are open, so that no file opened later takes the place of one (ssh-keysign.c opens
/// /dev/null to find out). std, and glibc in set-uid programs, have filled the gaps by now; this does not rely on it.
fn standard_descriptors_are_open() -> bool {
    use nix::fcntl::{FcntlArg, fcntl};
    let open = |descriptor: std::os::fd::BorrowedFd<'_>| fcntl(descriptor, FcntlArg::F_GETFD).is_ok();
    open(io::stdin().as_fd()) && open(io::stdout().as_fd()) && open(io::stderr().as_fd())
}
