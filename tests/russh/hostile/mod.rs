//! Clients that break, cheat and stall, before the example server: each is refused for its own reason, and after each the
//! server still lets in whom it should.
//!
//! The client is our own ([`raw_ssh`]): it exchanges keys as any client, then sends what a test wants. The server is the
//! example `russh_server` on a root of its own, in which 127.0.0.1 is registered with every key of [`keys`].

/// Returns from a test for which no keys can be made.
macro_rules! needs_keys {
    () => {
        needs!(crate::needs::missing_program(&["ssh-keygen"]))
    };
}

/// Starts a server with these options, or returns from the test: `let server = server!("--max-auth-tries", "1");`
macro_rules! server {
    ($($option:expr),*) => {{
        needs_keys!();
        crate::hostile::ground::Server::start(&[$($option),*])
    }};
}

mod algorithms;
mod certificates;
mod fields;
mod floods;
mod ground;
mod keys;
mod methods;
#[path = "../../support/raw_ssh/mod.rs"]
mod raw_ssh;
mod requests;
mod sessions;
#[path = "../../support/tool.rs"]
mod tool;
