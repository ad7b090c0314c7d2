//! Playing cases, several at once: the login as it is, what doctor says of it, and what its mend makes of it.

use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use hostbased::failures::Id;
use serde_json::Value;

use crate::case::{Case, Mending, Says};
use crate::pair::{self, Login, Machine, Pair};
use crate::summary;
use crate::told::{self, Told};

/// What sshd logs of each connection, whoever makes it.
const CONNECTION: &str = "Connection from ";

/// A pair, broken in a case's way.
fn broken(case: &Case) -> Pair {
    let pair = Pair::stopped();
    (case.breaks)(&pair);
    pair.start_sshd();
    (case.then)(&pair);
    pair
}

/// Logs in as the case has it.
fn log_in(case: &Case, pair: &Pair) -> Login {
    let mut ssh = (case.session)(pair, case.user, "ssh");
    ssh.args(case.options).args(["-l", case.account.name, case.target]);
    pair.watch(&mut ssh)
}

/// What came of a case.
#[derive(Default)]
pub struct Played {
    /// What is not as the case has it.
    pub wrong: Vec<String>,
    /// The command that doctor named to mend it, where it named one.
    pub mend: Option<String>,
}

fn play(case: &Case) -> Played {
    let mut wrong = Vec::new();
    let pair = broken(case);
    let before = pair.server.read(pair::LOG).matches(CONNECTION).count();
    let asked = [
        ("client", case.client, try_to(|| told::client(case, &pair))),
        ("server", case.server, try_to(|| told::server(case, &pair))),
        ("joined", case.joint(), try_to(|| told::joined(case, &pair))),
    ];
    for (side, says, told) in &asked {
        match told {
            Ok(told) => wrong.extend(judge(case, *says, told).into_iter().map(|text| format!("{side}: {text}"))),
            Err(panic) => wrong.push(format!("{side}: {panic}")),
        }
    }
    if pair.server.read(pair::LOG).matches(CONNECTION).count() > before {
        wrong.push("doctor connected to sshd".to_owned());
    }
    let login = log_in(case, &pair);
    if login.is(case.account) != case.logs_in {
        wrong.push(format!("login: {login:?}"));
    }
    match try_to(|| told::log(&pair, &login)) {
        Ok(told) => wrong.extend(judge_log(case, &told).map(|text| format!("log: {text}"))),
        Err(panic) => wrong.push(format!("log: {panic}")),
    }
    // Who knows both sides knows the better mend.
    let [client, server, joined] = &asked;
    let cause = [client, joined, server].into_iter().find_map(|(_, says, told)| match (says, told) {
        (Says::Cause(_), Ok(told)) => told.cause(),
        _ => None,
    });
    let mend = cause.map(|cause| &cause["mends"][0]).filter(|mend| mend["kind"] == "command");
    if let (Mending::Works, Some(mend)) = (case.mending, mend) {
        wrong.extend(try_to(|| run(case, &pair, mend)).unwrap_or_else(Some).map(|text| format!("mend: {text}")));
    }
    Played { wrong, mend: mend.map(|mend| mend["text"].as_str().unwrap().to_owned()) }
}

fn try_to<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().map_or_else(|| "?".to_owned(), |text| (*text).to_owned()),
    })
}

/// What is not right with what one side says.
fn judge(case: &Case, says: Says, told: &Told) -> Option<String> {
    let (errors, warnings, tolerated) = (told.ids("error"), told.ids("warning"), case.tolerated());
    let strange = |ids: &[Id], due: &[Id]| {
        let strange = ids.iter().find(|id| !due.contains(id) && !tolerated.contains(id))?;
        Some(format!("{strange} is not there"))
    };
    let problem = match says {
        Says::NoError => strange(&errors, &[]).or_else(|| strange(&warnings, &[])),
        Says::Cause(ids) if !errors.first().is_some_and(|first| ids.contains(first)) => {
            Some(format!("the cause is {}", words(ids)))
        }
        Says::Cause(ids) => strange(&errors, ids).or_else(|| strange(&warnings, &[])),
        Says::Remark(id)
            if ["error", "warning", "information"].iter().all(|severity| !told.ids(severity).contains(&id)) =>
        {
            Some(format!("no {id}"))
        }
        Says::Remark(id) => strange(&errors, &[id]).or_else(|| strange(&warnings, &[id])),
    };
    problem.map(|problem| format!("{problem}, and not:\n      {}", told.lines()))
}

/// The same of a log: what is due must be there, and where the login works, nothing is an error.
fn judge_log(case: &Case, told: &Told) -> Option<String> {
    let all: Vec<Id> =
        ["error", "warning", "information"].into_iter().flat_map(|severity| told.ids(severity)).collect();
    let missing = case.log.iter().find(|id| !all.contains(id)).map(|id| format!("no {id}"));
    let strange = || {
        let strange = told.ids("error").into_iter().find(|id| case.logs_in && !case.tolerated().contains(id))?;
        Some(format!("{strange} is no error here"))
    };
    missing.or_else(strange).map(|problem| format!("{problem}:\n      {}", told.lines()))
}

fn words(ids: &[Id]) -> String {
    ids.iter().map(|id| id.word()).collect::<Vec<_>>().join(" or ")
}

/// Runs the command of a mend, and logs in.
fn run(case: &Case, pair: &Pair, mend: &Value) -> Option<String> {
    let argv: Vec<&str> = mend["argv"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    if argv.get(1) == Some(&"enroll") {
        pair.start_clients_sshd();
    }
    let mut command = match (mend["machine"].as_str(), mend["rights"].as_str()) {
        (Some("client"), Some("root")) => pair.client.as_root(argv[0]),
        (Some("client"), _) => (case.session)(pair, case.user, argv[0]),
        (_, Some("root")) => pair.server.as_root(argv[0]),
        // The account that is logged in to.
        _ => pair.server.as_user(case.account, argv[0]),
    };
    let done = if argv.get(1) == Some(&"enroll") && !argv.contains(&"--yes") {
        // It asks whether the keys that it shows are the client's, and they are.
        on_a_terminal(&pair.server, mend["text"].as_str().unwrap(), "yes\nyes\n")
    } else {
        command.args(&argv[1..]).output().unwrap()
    };
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    if !done.status.success() {
        return Some(format!("{argv:?} fails: {said}"));
    }
    pair.reload_sshd();
    let login = log_in(case, pair);
    (!login.is(case.account)).then(|| format!("after {argv:?} ({said}): {login:?}"))
}

/// Runs a command on a terminal, as root, and types this when it asks.
fn on_a_terminal(machine: &Machine, command: &str, typed: &str) -> Output {
    let command = format!("stty -echo; exec {command}");
    let mut script = machine.as_root("script");
    script.args(["-q", "-e", "-c", &command, "/dev/null"]);
    let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    script.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    script.wait_with_output().unwrap()
}

/// The cases that were asked for: those of every change, all (`HOSTBASED_DOCTOR_CASES=all`), or those with one of the names
/// that it has.
fn chosen() -> Vec<Case> {
    let wanted = std::env::var("HOSTBASED_DOCTOR_CASES").unwrap_or_default();
    let is_wanted = |case: &Case| match wanted.as_str() {
        "" => case.is_short,
        "all" => true,
        names => names.split(' ').any(|name| case.names.split(' ').any(|one| one == name)),
    };
    crate::cases::all().into_iter().filter(is_wanted).collect()
}

#[test]
fn doctor_finds_what_was_broken_and_nothing_else_and_its_mends_mend() {
    needs!(pair::missing());
    let cases = chosen();
    let (next, played) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = try_to(|| play(case));
                    let result = result.unwrap_or_else(|panic| Played { wrong: vec![panic], mend: None });
                    played.lock().unwrap().push((case, result));
                }
            });
        }
    });
    let played = played.into_inner().unwrap();
    // Past libtest, which keeps what tests that pass print to itself.
    std::io::stderr().write_all(summary::of(&played).as_bytes()).unwrap();
    let failed: Vec<_> = played.iter().filter(|(_, played)| !played.wrong.is_empty()).collect();
    let text = failed.iter().map(|(case, played)| format!("{}\n    {}\n", case.names, played.wrong.join("\n    ")));
    assert!(failed.is_empty(), "{} of {} cases:\n{}", failed.len(), cases.len(), text.collect::<String>());
}
