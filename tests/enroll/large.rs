//! Many hosts, and long files. How long that takes with a million lines: `cargo bench --bench change`.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key};

/// Enough that a step for each pair of them would show.
const HOSTS: usize = 5_000;

#[test]
fn an_inventory_of_thousands_is_written_at_once() {
    let root = Root::new();
    fs::create_dir(root.path("keys")).unwrap();
    let (mut inventory, mut known) = (String::new(), String::new());
    for n in 0..HOSTS {
        let key = root.write(&format!("keys/{n}.pub"), public_key(n));
        let address = format!("10.1.{}.{}", n >> 8, n & 255);
        writeln!(inventory, "node{n}.test {address} key-file={}", key.display()).unwrap();
        writeln!(known, "node{n}.test,{address} {}", public_key(n)).unwrap();
    }
    let file = root.write("inventory", &inventory);
    let other = format!("other.test {}\n", public_key(9_999_999));
    root.write(KNOWN_HOSTS, &other);
    let before = fs::metadata(root.path(KNOWN_HOSTS)).unwrap().ino();
    let start = Instant::now();
    let run = root.run(&["sync", file.to_str().unwrap(), "--names", "dns"]).good();
    let took = start.elapsed();
    assert!(run.output.ends_with(&format!("{HOSTS} added\n")));
    assert_eq!(root.read(KNOWN_HOSTS), format!("{other}{known}"));
    assert_eq!(root.read(SHOSTS_EQUIV).lines().count(), HOSTS);
    // Written once: the backup is the very file that was there before.
    assert_eq!(fs::metadata(root.path(&format!("{KNOWN_HOSTS}.old"))).unwrap().ino(), before);
    let again = root.run(&["sync", file.to_str().unwrap(), "--names", "dns"]).good();
    assert!(again.output.ends_with(&format!("{HOSTS} unchanged\n")));
    println!("{HOSTS} hosts, without optimization: {took:.1?}");
    assert!(took < Duration::from_secs(60), "{took:?}");
}
