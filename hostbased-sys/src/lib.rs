//! The few calls of the C library that the project needs and that neither std nor nix offers: the only unsafe code of
//! the project. Every public function is safe to call, whatever it is given; each unsafe block says why it is sound.
//!
//! Linux only, like the programs that use it.
#![cfg_attr(
    test,
    allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the tests try real sockets and files")
)]

mod addresses;
mod allocator;
mod capabilities;
mod descriptor;
mod environment;
mod group;
mod hardening;
mod local_date;
mod local_time;
mod name;
mod netgroup;
mod netns;
mod resolving;
mod rights;
mod secret;
mod session;
mod shadow;
mod shared_count;
mod terminal;

pub use addresses::{Resolved, addresses_of, resolve};
pub use allocator::WipingAllocator;
pub use capabilities::drop_capabilities;
pub use descriptor::duplicate_inherited;
pub use environment::{clear_environment, is_single_threaded};
pub use group::group_name;
pub use hardening::{end_at_once, ignore_file_size_signal, is_traceable, refuse_executable_memory};
pub use local_date::{LocalDate, local_date};
pub use local_time::local_time;
pub use name::{required_name, reverse};
pub use netgroup::in_netgroup;
pub use netns::network_namespace_cookie;
pub use resolving::ResolveError;
pub use rights::spawn_with_file_rights;
pub use secret::SecretBytes;
pub use session::{Ids, SessionOf, Start, Started, in_session_of, start_in_session};
pub use shadow::{ShadowEntry, shadow_entry};
pub use shared_count::SharedCount;
pub use terminal::{Terminal, TerminalSize, open_terminal, set_terminal_size};
