//! The package as users get it: packed, and used by a program with a lock of its own, from an empty cargo home and from
//! vendored sources; and what is said where russh is not the one that it is for. It fetches crates, so it needs a registry.
//!
//! The build script is run by itself, and must find russh and make of it what it has made for these tests. The whole program
//! is built where `HOSTBASED_BUILDS` says so (`tests/run --all`): that takes minutes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

// CARGO_PKG_NAME is russh's here: build.rs sets it.
const NAME: &str = "russh-hostbased-0.65.10";

/// What cargo reads beside vendored sources, where it is to take them as they are.
const NO_SUMS: &str = r#"{"files":{}}"#;

/// A program whose handler has the hook, in a folder that vanishes.
struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    /// One that depends on the packed package, unpacked at `package` below its folder.
    fn new() -> Self {
        let program = Self { folder: tempfile::tempdir().unwrap() };
        program.write(
            "src/lib.rs",
            "use russh::server::{Auth, Handler, HostbasedRequest};\n\
             pub struct Server;\n\
             impl Handler for Server {\n    type Error = russh::Error;\n    \
                 async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, russh::Error> {\n        \
                     Ok(if request.user.is_empty() { Auth::reject() } else { Auth::Accept })\n    }\n}\n",
        );
        fs::rename(program.unpack(), program.path().join("package")).unwrap();
        program.depend("path = \"package\"");
        program
    }

    /// Makes it depend on the package, which is in that place.
    fn depend(&self, place: &str) {
        let manifest = format!(
            "[package]\nname = \"program\"\nedition = \"2024\"\n[workspace]\nexclude = [\"package\"]\n\
             [dependencies.russh]\npackage = \"russh-hostbased\"\n{place}\n\
             default-features = false\nfeatures = [\"ring\"]\n"
        );
        self.write("Cargo.toml", &manifest);
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Packs the package as for a registry, and unpacks it: the folder.
    fn unpack(&self) -> PathBuf {
        let target = self.path().join("packed");
        let packing = Command::new(env!("CARGO"))
            .args(["package", "--no-verify", "--allow-dirty", "--quiet", "--target-dir"])
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output();
        succeeded("cargo package", &packing.unwrap());
        let packed = target.join(format!("package/{NAME}.crate"));
        let unpacking = Command::new("tar").arg("-xzf").arg(packed).arg("-C").arg(&target).output();
        succeeded("tar", &unpacking.unwrap());
        target.join(NAME)
    }

    /// Runs cargo in the program's folder.
    fn cargo(&self, arguments: &[&str], home: Option<&Path>) -> Output {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(self.path()).env("CARGO_TARGET_DIR", self.path().join("target"));
        // What cargo has set for this test is not for that program.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CARGO_PKG_") {
                command.env_remove(name);
            }
        }
        if let Some(home) = home {
            command.env("CARGO_HOME", home);
        }
        command.output().unwrap()
    }

    /// Vendors everything that the program needs into its folder, and has cargo use nothing else.
    fn vendor(&self) -> PathBuf {
        let vendoring = self.cargo(&["vendor", "vendor"], None);
        succeeded("cargo vendor", &vendoring);
        self.write(".cargo/config.toml", &String::from_utf8(vendoring.stdout).unwrap());
        self.path().join("vendor")
    }

    /// Runs the build script of the package that is in this folder, with cargo's home there; what it makes of russh.
    fn build_script(&self, package: &Path, home: &Path) -> Result<PathBuf, String> {
        let out = self.path().join("out");
        let mut script = Command::new(env!("BUILD_SCRIPT"));
        script.current_dir(package).env("CARGO_MANIFEST_DIR", package).env("CARGO_HOME", home).env("OUT_DIR", &out);
        script.env("CARGO", env!("CARGO")).env("TARGET", env!("TARGET"));
        script.env("CARGO_PKG_NAME", "russh-hostbased").env("CARGO_PKG_VERSION", "0.65.10");
        let ran = script.output().unwrap();
        if ran.status.success() { Ok(out.join("russh")) } else { Err(String::from_utf8(ran.stderr).unwrap()) }
    }

    /// Builds the program, where there is time for it.
    fn build(&self, arguments: &[&str], home: &Path) {
        if std::env::var_os("HOSTBASED_BUILDS").is_some() {
            succeeded("cargo check", &self.cargo(arguments, Some(home)));
        }
    }

    fn empty_home(&self) -> PathBuf {
        let home = self.path().join("home");
        fs::create_dir(&home).unwrap();
        home
    }
}

#[track_caller]
fn succeeded(what: &str, output: &Output) {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Every file below the folder, and what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in next.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Whether that is what these tests are built from.
#[track_caller]
fn assert_same_as_here(woven: &Path) {
    let (ours, theirs) = (files(&Path::new(env!("OUT_DIR")).join("russh")), files(woven));
    assert!(ours.len() > 30 && ours.contains_key(Path::new("server/encrypted/hostbased.rs")), "{:?}", ours.keys());
    assert!(ours == theirs, "{:?}, {:?}", ours.keys(), theirs.keys());
}

#[test]
fn from_an_empty_cargo_home() {
    let program = Program::new();
    let home = program.empty_home();
    succeeded("cargo fetch", &program.cargo(&["fetch", "--target", env!("TARGET")], Some(&home)));
    assert!(home.join("registry/src").is_dir(), "nothing was fetched, so nothing was tested");
    let package = program.path().join("package");
    assert_same_as_here(&program.build_script(&package, &home).unwrap());
    // The near miss: nothing was fetched.
    let nothing = program.path().join("nothing");
    let said = program.build_script(&package, &nothing).unwrap_err();
    assert!(said.contains("russh-hostbased: no source of russh 0.65.1"), "{said}");
    program.build(&["check"], &home);
}

#[test]
fn from_vendored_sources_but_not_from_changed_ones() {
    let program = Program::new();
    let vendor = program.vendor();
    // As `cargo vendor` puts a package of a registry; and without the lock that it was packed with, as some tools leave it, so
    // that cargo cannot say where russh is.
    let package = vendor.join("russh-hostbased");
    fs::rename(program.path().join("package"), &package).unwrap();
    fs::remove_file(package.join("Cargo.lock")).unwrap();
    fs::write(package.join(".cargo-checksum.json"), NO_SUMS).unwrap();
    program.depend("version = \"=0.65.10\"");
    let home = program.empty_home();
    assert_same_as_here(&program.build_script(&package, &home).unwrap());
    program.build(&["check", "--offline"], &home);

    // The near misses: one comment more in a file that our lines go into, and in another.
    for (file, reason) in [
        ("src/auth.rs", "vendor/russh/src/auth.rs is not the file of that release: its SHA-256 is"),
        ("src/kex/mod.rs", "vendor/russh/src is not the folder of that release: the SHA-256 of its files' sums is"),
    ] {
        let file = vendor.join("russh").join(file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{text}// changed\n")).unwrap();
        let said = program.build_script(&package, &home).unwrap_err();
        let wanted = "no source of russh 0.65.1, which this package (russh-hostbased 0.65.10) is written for";
        assert!(said.contains(wanted), "{said}");
        assert!(said.contains(reason), "{said}");
        assert!(said.contains("a changed copy of russh"), "{said}");
        fs::write(&file, text).unwrap();
    }
}
