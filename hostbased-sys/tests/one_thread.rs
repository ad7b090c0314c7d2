//! What a program with one thread may do. Without the test harness, which has threads.

fn main() {
    // SAFETY: this program has no other thread.
    unsafe { std::env::set_var("RES_OPTIONS", "debug") };
    assert!(std::env::vars_os().count() > 0);
    assert!(hostbased_sys::is_single_threaded());
    hostbased_sys::clear_environment().unwrap();
    assert_eq!(std::env::vars_os().count(), 0);
}
