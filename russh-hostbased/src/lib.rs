//! [russh](https://docs.rs/russh/0.65.1) 0.65.1 with host-based authentication
//! ([RFC 4252 section 9](https://www.rfc-editor.org/rfc/rfc4252#section-9)): the whole of russh, and
//!
//! * for servers [`server::Handler::auth_hostbased`], which is handed each [`server::HostbasedRequest`];
//! * for clients [`client::Handle::authenticate_hostbased_with`], which has a [`client::HostbasedSigner`] sign.
//!
//! `russh = { package = "russh-hostbased", … }` in a manifest, and the program stays as it is. The README says how it is made,
//! and when it will go.

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
// What russh's own `lib.rs` allows, and what its texts and tests have besides.
#![allow(clippy::single_match, clippy::upper_case_acronyms, macro_expanded_macro_exports_accessed_by_absolute_paths)]
#![allow(
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    rustdoc::private_intra_doc_links
)]
#![cfg_attr(
    test,
    allow(clippy::all, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]
// A constant for compression, which only `flate2` uses.
#![cfg_attr(not(feature = "flate2"), allow(dead_code))]

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
compile_error!(
    "`russh-hostbased` needs the feature `ring` or `aws-lc-rs`, the two that russh takes its cryptography from"
);

#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
include!(concat!(env!("OUT_DIR"), "/russh/lib_inner.rs"));
