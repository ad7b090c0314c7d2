//! Stage one: what name services need works; what would make, change, run or steer something fails.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::{Signal, kill, raise};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
use nix::unistd::{Pid, getppid};

use super::*;

fn errno<T: std::fmt::Debug>(outcome: io::Result<T>) -> Errno {
    Errno::from_raw(outcome.unwrap_err().raw_os_error().unwrap())
}

#[test]
fn what_name_services_need_works() {
    const NAME: &str = "stage_one::what_name_services_need_works";
    if let Some(word) = wanted() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let service = Path::new(&word).join("service");
        let served = UnixDatagram::bind(&service).unwrap();
        let stage_one = enter_stage_one();
        assert_eq!(stage_one.missing().to_string(), "full");
        assert!(fs::read_to_string("/etc/passwd").unwrap().contains("root"));
        assert!(fs::read_dir("/etc").unwrap().count() > 1);
        // A service of this machine, by a socket in the file system.
        let client = UnixDatagram::unbound().unwrap();
        client.connect(&service).unwrap();
        client.send(b"who?").unwrap();
        assert_eq!(served.recv(&mut [0; 8]).unwrap(), 4);
        // A name server, by UDP and by TCP.
        let resolver = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        resolver.connect((Ipv4Addr::LOCALHOST, 53)).unwrap();
        TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        // The machine's addresses, by the kernel.
        assert!(nix::ifaddrs::getifaddrs().unwrap().count() > 0);
        // Standard error can be put aside.
        assert!(OpenOptions::new().write(true).open("/dev/null").is_ok());
        // The clock, random numbers.
        assert!(nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC).is_ok());
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert_eq!(nix::sys::resource::getrlimit(Resource::RLIMIT_NPROC), Ok((0, 0)));
        done();
    }
    let folder = tempfile::tempdir().unwrap();
    let output = in_a_process(NAME, folder.path().to_str().unwrap());
    assert!(is_done(&output), "{output:?}");
}

#[test]
fn nothing_is_made_changed_run_or_signalled() {
    const NAME: &str = "stage_one::nothing_is_made_changed_run_or_signalled";
    if let Some(word) = wanted() {
        let folder = Path::new(&word);
        let file = folder.join("file");
        fs::write(&file, "content").unwrap();
        let parent = getppid();
        assert_eq!(kill(parent, None), Ok(()), "it could be signalled");
        enter_stage_one();
        let open = |options: &OpenOptions, path: &Path| options.open(path);
        // By Landlock: writing what is there.
        assert_eq!(errno(open(OpenOptions::new().write(true), &file)), Errno::EACCES);
        assert_eq!(errno(open(OpenOptions::new().append(true), &file)), Errno::EACCES);
        // By the filter: making and cutting.
        for path in [&file, &folder.join("new"), Path::new("/dev/null")] {
            assert_eq!(errno(open(OpenOptions::new().write(true).create(true), path)), Errno::EPERM);
            assert_eq!(errno(open(OpenOptions::new().write(true).truncate(true), path)), Errno::EPERM);
        }
        assert_eq!(errno(fs::create_dir(folder.join("folder"))), Errno::EPERM);
        assert_eq!(errno(fs::remove_file(&file)), Errno::EPERM);
        assert_eq!(errno(fs::rename(&file, folder.join("other"))), Errno::EPERM);
        assert_eq!(errno(std::os::unix::fs::symlink("a", folder.join("link"))), Errno::EPERM);
        assert_eq!(errno(fs::hard_link(&file, folder.join("link"))), Errno::EPERM);
        assert_eq!(errno(UnixDatagram::bind(folder.join("socket"))), Errno::EACCES);
        assert_eq!(errno(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))), Errno::EACCES);
        assert_eq!(File::open(&file).unwrap().set_len(0).unwrap_err().kind(), ErrorKind::PermissionDenied);
        assert_eq!(nix::unistd::execv(c"/bin/true", &[c"true"]).unwrap_err(), Errno::EPERM);
        assert_eq!(errno(Command::new("/bin/true").status()), Errno::EPERM);
        assert_eq!(errno(std::thread::Builder::new().spawn(|| {})), Errno::EPERM);
        assert_eq!(kill(parent, None), Err(Errno::EPERM));
        assert_eq!(kill(Pid::this(), Signal::SIGCONT), Err(Errno::EPERM));
        assert_eq!(unshare(CloneFlags::CLONE_NEWUSER), Err(Errno::EPERM));
        assert_eq!(prctl::set_dumpable(true), Err(Errno::EPERM));
        assert_eq!(setrlimit(Resource::RLIMIT_CORE, 0, 0), Err(Errno::EPERM));
        for family in [AddressFamily::Packet, AddressFamily::Vsock, AddressFamily::Alg, AddressFamily::Bluetooth] {
            let made = socket(family, SockType::Raw, SockFlag::empty(), None);
            assert_eq!(made.unwrap_err(), Errno::EPERM, "{family:?}");
        }
        // It may end itself (abort(3) does so).
        raise(Signal::SIGURG).unwrap();
        done();
    }
    let folder = tempfile::tempdir().unwrap();
    let output = in_a_process(NAME, folder.path().to_str().unwrap());
    assert!(is_done(&output), "{output:?}");
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "content");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
