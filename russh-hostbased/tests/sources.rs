//! The package as users get it: packed, then built by a program with a lock of its own, from an empty cargo home and from
//! vendored sources; and what is said where russh is not the one that it is for. It fetches crates, so it needs a registry.

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

#[test]
fn builds_from_an_empty_cargo_home() {
    let program = Program::new();
    let home = program.empty_home();
    succeeded("cargo check", &program.cargo(&["check"], Some(&home)));
    assert!(home.join("registry/src").is_dir(), "nothing was fetched, so nothing was tested");
}

#[test]
fn builds_from_vendored_sources_and_refuses_changed_ones() {
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
    succeeded("cargo check", &program.cargo(&["check", "--offline"], Some(&home)));

    // The near miss: one comment more in a file that our lines go into, and neither sum nor lock by which cargo would see it.
    fs::remove_file(program.path().join("Cargo.lock")).unwrap();
    let touched = vendor.join("russh/src/auth.rs");
    let changed = fs::read_to_string(&touched).unwrap() + "// changed\n";
    fs::write(&touched, changed).unwrap();
    fs::write(vendor.join("russh/.cargo-checksum.json"), NO_SUMS).unwrap();
    let refused = program.cargo(&["check", "--offline"], Some(&home));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        said.contains("no source of russh 0.65.1, which this package (russh-hostbased 0.65.10) is written for"),
        "{said}"
    );
    assert!(said.contains("vendor/russh/src/auth.rs is not the file of that release: its SHA-256 is"), "{said}");
    assert!(said.contains("a changed copy of russh"), "{said}");
}
