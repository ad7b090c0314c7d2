//! Many readers while files change.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;

/// Each content has its own number of entries for the host, all with the same line count.
fn content(number: usize) -> String {
    let lines = |name: &str, count| format!("{name} {KEY}\n").repeat(count);
    lines("host", number) + &lines("other", 40_usize.saturating_sub(number))
}

#[test]
fn readers_see_whole_contents_only() {
    let site = Site::new(SETTLING_TIME);
    site.put(KNOWN_HOSTS, content(10));
    let done = AtomicBool::new(false);
    let [ten, twenty, changing] = thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut looks = [0_usize; 3];
                    while !done.load(Ordering::Acquire) {
                        match site.known_hosts() {
                            Seen::Lines(lines) if lines == (1..=10).collect::<Vec<_>>() => looks[0] += 1,
                            Seen::Lines(lines) if lines == (1..=20).collect::<Vec<_>>() => looks[1] += 1,
                            // Five times in a row; it is read again at the next look.
                            Seen::Unreadable(Unreadable::Changing) => looks[2] += 1,
                            other => panic!("{other:?}"),
                        }
                    }
                    looks
                })
            })
            .collect();
        for round in 0..1000 {
            site.replace(KNOWN_HOSTS, content(if round % 2 == 0 { 20 } else { 10 }));
        }
        done.store(true, Ordering::Release);
        readers
            .into_iter()
            .map(|reader| reader.join().unwrap())
            .fold([0; 3], |[a, b, c], [d, e, f]| [a + d, b + e, c + f])
    });
    println!("{ten} looks at the first content, {twenty} at the second, {changing} in between");
    assert!(ten > 0 && twenty > 0 && changing < ten + twenty);
}

#[test]
fn a_change_that_is_complete_is_in_the_next_snapshot() {
    let site = Site::new(SETTLING_TIME);
    for round in 1..200 {
        site.replace(KNOWN_HOSTS, entry(round % 7));
        assert_eq!(site.known_hosts(), Seen::Lines(vec![round % 7 + 1]), "{round}");
    }
    // In place and with the same length, within one tick of the clock.
    for round in 0..200 {
        let host = if round % 2 == 0 { "host" } else { "tsoh" };
        site.put(KNOWN_HOSTS, format!("{host} {KEY}\n"));
        assert_eq!(site.known_hosts(), Seen::Lines(if round % 2 == 0 { vec![1] } else { vec![] }), "{round}");
    }
}

#[test]
fn the_first_who_ask_wait_for_the_first_reading() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    let start = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                start.wait();
                assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
            });
        }
    });
}

/// Where each file stands: equiv, known_hosts, RevokedKeys.
fn all(snapshot: &Snapshot) -> [Option<Unreadable>; 3] {
    fn of<T: ?Sized>(content: Content<'_, T>) -> Option<Unreadable> {
        match content {
            Content::Read(_) => None,
            Content::Unreadable(why) => Some(why),
            Content::Missing => panic!("missing"),
        }
    }
    let sources = snapshot.sources();
    [of(sources.equiv[1].content), of(sources.known_hosts.content), of(sources.revoked_keys[0].content)]
}

#[test]
fn while_another_reads_what_has_changed_is_not_known() {
    let site = Site::new(SETTLED);
    let files = [EQUIV, KNOWN_HOSTS, REVOKED];
    for file in files {
        site.put(file, "");
    }
    assert_eq!(all(&site.store.snapshot()), [None; 3]);
    for (number, file) in files.into_iter().enumerate() {
        site.put(file, "# nothing\n");
        let turn = site.store.gate.enter().unwrap();
        let start = Instant::now();
        let mut expected = [None; 3];
        expected[number] = Some(Unreadable::Changing);
        assert_eq!(all(&site.store.snapshot()), expected, "{file}");
        assert!(start.elapsed() >= RELOAD_WAIT && start.elapsed() < RELOAD_WAIT * 4, "{:?}", start.elapsed());
        drop(turn);
        assert_eq!(all(&site.store.snapshot()), [None; 3], "{file}");
    }
}

#[test]
fn while_another_reads_a_young_file_is_not_known_and_an_unchanged_one_is_not_waited_for() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    let first = site.store.snapshot();
    let turn = site.store.gate.enter().unwrap();
    assert!(Arc::ptr_eq(&first, &site.store.snapshot()));
    drop(turn);
    let site = Site::new(YOUNG);
    site.put(KNOWN_HOSTS, entry(0));
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
    let turn = site.store.gate.enter().unwrap();
    assert_eq!(site.known_hosts(), Seen::Unreadable(Unreadable::Changing), "a second change may not show");
    drop(turn);
    assert_eq!(site.known_hosts(), Seen::Lines(vec![1]));
}

/// Not a promise, but a number: `cargo test --release … the_cost_of_an_unchanged_snapshot -- --nocapture`.
#[test]
fn the_cost_of_an_unchanged_snapshot() {
    let site = Site::new(SETTLED);
    site.put(KNOWN_HOSTS, entry(0));
    site.put(EQUIV, "host\n");
    let first = site.store.snapshot();
    let start = Instant::now();
    for _ in 0..10_000 {
        assert!(Arc::ptr_eq(&first, &site.store.snapshot()));
    }
    println!("unchanged snapshot: {:?}", start.elapsed() / 10_000);
}
