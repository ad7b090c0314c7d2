//! What is linked into a program that runs with root's rights, and what of it runs before `main`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    clippy::disallowed_types
)]
#![allow(clippy::disallowed_methods, reason = "the tests look at files and run cargo")]

use std::collections::BTreeSet;
use std::process::Command;

const HELPER: &str = env!("CARGO_BIN_EXE_keysign");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dependencies.txt");

/// Every crate that is linked into the helper as it is shipped: `cargo build --release -p keysign-helper`.
fn linked_crates() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-p", "keysign-helper", "-e", "normal,no-proc-macro"])
        .args(["--prefix", "none", "-f", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
}

#[test]
fn nothing_slips_into_the_helper() {
    let listed: BTreeSet<String> = std::fs::read_to_string(LIST)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    let linked = linked_crates();
    let new: Vec<_> = linked.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&linked).collect();
    assert!(new.is_empty() && gone.is_empty(), "new: {new:?}, gone: {gone:?}; read them, then change {LIST}");
}

#[test]
fn no_c_library_comes_along() {
    for name in linked_crates() {
        let bindings = name.ends_with("-sys") && name != "hostbased-sys";
        assert!(!bindings && !name.contains("aws-lc") && !name.contains("openssl") && name != "ring", "{name}");
    }
}

/// As much of ELF (64 bits, little-endian) as is needed here.
struct Elf(Vec<u8>);

impl Elf {
    fn number(&self, at: usize, bytes: usize) -> usize {
        self.0[at..at + bytes].iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
    }

    fn text(&self, at: usize) -> String {
        let bytes = self.0[at..].iter().copied().take_while(|&byte| byte != 0).collect();
        String::from_utf8(bytes).unwrap()
    }

    /// Name, offset and size of each section.
    fn sections(&self) -> Vec<(String, usize, usize)> {
        let (table, size, count) = (self.number(0x28, 8), self.number(0x3a, 2), self.number(0x3c, 2));
        let header = |index: usize| table + index * size;
        let names = self.number(header(self.number(0x3e, 2)) + 0x18, 8);
        let section = |index: usize| {
            let at = header(index);
            (self.text(names + self.number(at, 4)), self.number(at + 0x18, 8), self.number(at + 0x20, 8))
        };
        (0..count).map(section).collect()
    }

    /// Type, flags, offset and size of each segment.
    fn segments(&self) -> Vec<(usize, usize, usize, usize)> {
        let (table, size, count) = (self.number(0x20, 8), self.number(0x36, 2), self.number(0x38, 2));
        let segment =
            |at: usize| (self.number(at, 4), self.number(at + 4, 4), self.number(at + 8, 8), self.number(at + 0x20, 8));
        (0..count).map(|index| segment(table + index * size)).collect()
    }

    /// Tag and value of each entry of the dynamic section.
    fn dynamic(&self) -> Vec<(usize, usize)> {
        const PT_DYNAMIC: usize = 2;
        let (.., at, size) = *self.segments().iter().find(|(kind, ..)| *kind == PT_DYNAMIC).unwrap();
        (at..at + size).step_by(16).map(|entry| (self.number(entry, 8), self.number(entry + 8, 8))).collect()
    }
}

/// What the loader and the kernel make of the file: everything at addresses of chance, tables of addresses read-only before
/// `main`, no memory that can be written and run, no library from a place of the caller's (elf(5), ld.so(8)).
#[test]
#[cfg(all(target_pointer_width = "64", target_endian = "little", target_env = "gnu"))]
fn the_file_is_hardened() {
    let elf = Elf(std::fs::read(HELPER).unwrap());
    let dynamic = elf.dynamic();
    let value = |wanted: usize| dynamic.iter().find(|&&(tag, _)| tag == wanted).map(|&(_, value)| value);
    const ET_DYN: usize = 3;
    const DT_FLAGS_1: usize = 0x6fff_fffb;
    const DF_1_NOW: usize = 1;
    const DF_1_PIE: usize = 0x0800_0000;
    assert_eq!(elf.number(0x10, 2), ET_DYN);
    assert_eq!(value(DT_FLAGS_1).unwrap() & (DF_1_NOW | DF_1_PIE), DF_1_NOW | DF_1_PIE);
    const DT_FLAGS: usize = 30;
    const DF_TEXTREL: usize = 4;
    const DF_BIND_NOW: usize = 8;
    assert_eq!(value(DT_FLAGS).unwrap() & (DF_TEXTREL | DF_BIND_NOW), DF_BIND_NOW);
    for (name, tag) in [("TEXTREL", 22), ("RPATH", 15), ("RUNPATH", 29)] {
        assert_eq!(value(tag), None, "{name}");
    }

    const PT_LOAD: usize = 1;
    const PT_GNU_STACK: usize = 0x6474_e551;
    const PT_GNU_RELRO: usize = 0x6474_e552;
    const EXECUTE: usize = 1;
    const WRITE: usize = 2;
    let segments = elf.segments();
    let flags = |wanted: usize| segments.iter().filter(move |(kind, ..)| *kind == wanted).map(|&(_, flags, ..)| flags);
    assert_eq!(flags(PT_GNU_RELRO).count(), 1);
    assert_eq!(flags(PT_GNU_STACK).collect::<Vec<_>>(), [4 | WRITE]);
    assert!(flags(PT_LOAD).any(|flags| flags & EXECUTE != 0) && flags(PT_LOAD).any(|flags| flags & WRITE != 0));
    assert!(flags(PT_LOAD).all(|flags| flags & (EXECUTE | WRITE) != EXECUTE | WRITE), "{segments:x?}");
}

#[test]
#[cfg(all(target_pointer_width = "64", target_endian = "little", target_env = "gnu"))]
fn nothing_reads_the_environment_before_main() {
    let elf = Elf(std::fs::read(HELPER).unwrap());
    assert_eq!(&elf.0[..6], b"\x7fELF\x02\x01");
    let sections = elf.sections();
    let section = |wanted: &str| sections.iter().find(|(name, ..)| name == wanted).map(|&(_, at, size)| (at, size));
    // One entry is the C runtime's own (frame_dummy, which registers nothing here), one is std's, which keeps the
    // arguments (std::sys::args, `ARGV_INIT_ARRAY`), one is hostbased-sys's, which forgets the environment. A constructor
    // of any library would be a fourth.
    assert_eq!(section(".init_array").map(|(_, size)| size / 8), Some(3));
    assert_eq!(section(".preinit_array"), None);
    assert_eq!(section(".ctors"), None);

    // Shared libraries have constructors too: only the C library and the unwinder are loaded.
    const DT_NEEDED: usize = 1;
    let ((at, size), (strings, _)) = (section(".dynamic").unwrap(), section(".dynstr").unwrap());
    let needed: BTreeSet<String> = (at..at + size)
        .step_by(16)
        .filter(|&entry| elf.number(entry, 8) == DT_NEEDED)
        .map(|entry| elf.text(strings + elf.number(entry + 8, 8)))
        .collect();
    for library in &needed {
        let known = ["libc.so.6", "libgcc_s.so.1"].contains(&library.as_str()) || library.starts_with("ld-linux");
        assert!(known, "{library}");
    }
    assert!(needed.contains("libc.so.6"), "{needed:?}");
}
