//! Host-based authentication from beginning to end, with nothing installed and no root.
//!
//! An SSH server inside this process stands in for the client host: it holds a host key and listens on loopback.
//! Everything else is the library as servers, helpers and administrators use it; the files are written below a temporary
//! folder that stands for `/`.
#![allow(clippy::print_stdout, reason = "an example talks")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "an example has a clock, and shows the files")]

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::SystemTime;

use hostbased::enroll::{Ground, Names, OtherFiles, Plan, Registration, Task, Trust, apply, read_texts};
use hostbased::key::PublicKey;
use hostbased::known_hosts;
use hostbased::name::UserName;
use hostbased::scan::{Options, Target, scan};
use hostbased::shosts::{self, NoNetgroups};
use hostbased::sign::{Caller, CheckedRequest, HostKey};
use hostbased::store::Root;
use hostbased::verify::{
    Account, AccountEntry, Content, EquivSource, Files, Inputs, KnownHostsSource, Peer, Policy, Shell, verify,
};
use hostbased::wire::Request;
use russh::keys::PrivateKey;
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::Ed25519Keypair;
use tokio::net::TcpListener;

type Fallible<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let root = tempfile::tempdir()?;

    println!("1. The client host has a host key. Its private half never leaves it.");
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let host_key = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    let key_file = host_key.to_openssh(LineEnding::LF)?;
    let address = stand_in_for_the_client_host(host_key).await?;
    println!("   It listens on {address}.\n");

    println!("2. The administrator of the server scans it (hostbased keyscan). A key counts only when the host has");
    println!("   proven that it holds the private half.");
    let keys = scan_host(address).await?;
    for key in &keys {
        println!("   {key}");
    }

    println!(
        "\n3. She compares the fingerprint with what the host itself shows, and registers the host under its name"
    );
    println!("   and its address (hostbased enroll node1.example.org,127.0.0.1 --fingerprint SHA256:...).");
    let fingerprints = keys.iter().map(PublicKey::fingerprint).collect();
    let registration = Registration {
        host: "node1.example.org,127.0.0.1".parse()?,
        keys: keys.clone(),
        names: Names::Address,
        trust: Trust::Fingerprints(fingerprints),
        vouched: Vec::new(),
        renew: false,
        hash: None,
    };
    std::fs::create_dir_all(root.path().join("etc/ssh"))?;
    let (folder, tasks) = (Root::new(root.path()), [Task::Register(registration)]);
    let ground = Ground { netgroups: &NoNetgroups, others: &OtherFiles::default(), survey: None };
    let seen = read_texts(&folder)?;
    apply(&folder, &tasks, ground, &Plan::make(&seen, &tasks, ground), &seen)?;
    let (known_hosts, equiv) = (show(&root, "ssh_known_hosts")?, show(&root, "shosts.equiv")?);

    println!(
        "\n4. On the client host, alice runs ssh. ssh asks the set-uid helper to sign who she is; the helper checks"
    );
    println!("   that the request speaks of this host and of the user who runs it, and signs.");
    let session_id = [7; 32]; // of a real connection: the hash of its key exchange
    let presented = keys.first().ok_or("the host showed no key")?;
    let mut request = Request {
        user: b"alice",
        algorithm: b"ssh-ed25519",
        public_key: presented.blob(),
        client_host: b"node1.example.org.",
        client_user: b"alice",
        signature: b"",
    };
    let data = request.signed_data(&session_id);
    let caller = Caller { local_name: b"node1.example.org", user: b"alice" };
    let signature = HostKey::identify(key_file.as_bytes())?.sign(&CheckedRequest::check(&data, &caller)?)?;
    request.signature = &signature;
    println!("   The request has {} bytes.", request.encode().len());

    println!("\n5. The server decides.");
    let server = Server { known_hosts, equiv };
    println!("   From 127.0.0.1, which is registered:  {}", server.decide(&request, &session_id, "127.0.0.1")?);
    println!("   From 127.0.0.2, which is not:         {}", server.decide(&request, &session_id, "127.0.0.2")?);
    println!("   For another session (a replay):       {}", server.decide(&request, &[8; 32], "127.0.0.1")?);
    Ok(())
}

/// The files of the server, as bytes.
struct Server {
    known_hosts: Vec<u8>,
    equiv: Vec<u8>,
}

impl Server {
    fn decide(&self, request: &Request<'_>, session_id: &[u8], from: &str) -> Fallible<String> {
        let known_hosts = known_hosts::Document::parse(&self.known_hosts);
        let equiv = shosts::Document::parse(&self.equiv);
        let account = UserName::new(request.user)?;
        let mut policy = Policy::default();
        policy.hostbased_authentication = true;
        let equiv = [EquivSource { file: "shosts.equiv", content: Content::Read(&equiv) }];
        let known_hosts = KnownHostsSource { file: "ssh_known_hosts", content: Content::Read(&known_hosts) };
        let files = Files::new(&equiv, known_hosts, &NoNetgroups);
        let peer = Peer::new(from.parse()?);
        let entry = AccountEntry { uid: 1000, home: "/home/alice", shell: Shell::Usable, locked: false, groups: &[] };
        let account = Account { name: &account, entry: Some(entry) };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let decision = verify(&Inputs::new(session_id, *request, peer, account, &policy, files, now));
        Ok(match decision.outcome() {
            Ok(authenticated) => format!("accepted: {authenticated}"),
            Err(refusal) => format!("refused, {}: {refusal}", refusal.code()),
        })
    }
}

async fn scan_host(address: SocketAddr) -> Fallible<Vec<PublicKey>> {
    let target = Target::new(&address.ip().to_string(), address.port())?;
    let mut keys = Vec::new();
    scan([target], &Options::default(), |report| {
        keys.extend(report.keys().map(|proven| proven.key().clone()));
        Ok::<(), Infallible>(())
    })
    .await?;
    Ok(keys)
}

fn show(root: &tempfile::TempDir, name: &str) -> Fallible<Vec<u8>> {
    let bytes = std::fs::read(root.path().join("etc/ssh").join(name))?;
    println!("   /etc/ssh/{name}:");
    for line in String::from_utf8_lossy(&bytes).lines() {
        println!("       {line}");
    }
    Ok(bytes)
}

/// An SSH server that holds the host key and lets nobody in.
async fn stand_in_for_the_client_host(host_key: PrivateKey) -> Fallible<SocketAddr> {
    struct NobodyComesIn;
    impl russh::server::Handler for NobodyComesIn {
        type Error = russh::Error;
    }

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let config = Arc::new(russh::server::Config { keys: vec![host_key], ..Default::default() });
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                if let Ok(session) = russh::server::run_stream(config, stream, NobodyComesIn).await {
                    // It ends when the scanner hangs up; what it says then is of no interest.
                    let _ = session.await;
                }
            });
        }
    });
    Ok(address)
}
