//! Our lines, and where they go: everything that this package changes in russh 0.65.1. Nothing is taken out.

/// What goes into one file of russh.
pub struct Insertions {
    /// The file, below russh's `src`.
    pub file: &'static str,
    /// Its SHA-256, so that a line number means what it meant when this was written.
    pub sha256: &'static str,
    /// After which line, from 1, goes what.
    pub after: &'static [(usize, &'static str)],
}

/// What `sha256sum` says of all files in russh's `src`, sorted, as text: its SHA-256. Nothing else is compiled.
pub const SOURCE_SHA256: &str = "87aeffeb11c9dfd014da8f10dab9dbaed99a8652f3f0844ea908c4d32b3d69f1";

/// Files of ours, below russh's `src`.
pub const OWN_FILES: &[(&str, &str)] = &[
    ("server/encrypted/hostbased.rs", include_str!("../hook/server/request.rs")),
    ("client/hostbased.rs", include_str!("../hook/client/request.rs")),
];

/// What goes into russh's own files: the two modules, the handler's method, and one arm wherever a method is told from
/// another.
pub const INSERTIONS: &[Insertions] = &[
    Insertions {
        file: "auth.rs",
        sha256: "029f1c4c18e96ec748d63394b17dc9edec467a6e3477cb2ebc9d6821faeddb5d",
        after: &[
            // enum Method
            (
                303,
                "\
    /// A hostbased request, signed: everything behind the message number (RFC 4252 §9).
    Hostbased {
        request: Vec<u8>,
    },
",
            ),
            // impl Debug for Method
            (
                346,
                "            \
            Method::Hostbased { .. } => f.debug_struct(\"Hostbased\").finish_non_exhaustive(),
",
            ),
        ],
    },
    Insertions {
        file: "client/encrypted.rs",
        sha256: "4366e6b81d60f8a124b5865bd8f86b8dbf028d1b6639d12566a4184ff71eb2a7",
        after: &[
            // Encrypted::write_auth_request
            (
                1478,
                "                \
                auth::Method::Hostbased { ref request } => {
                    self.write.extend_from_slice(request);
                    true
                }
",
            ),
        ],
    },
    Insertions {
        file: "client/mod.rs",
        sha256: "51e0de4f67ab2b48788f56b9297335833f679d87ddf1fd2bea8c2ef55a974cf3",
        after: &[(
            78,
            "\
mod hostbased;
pub use hostbased::HostbasedSigner;
",
        )],
    },
    Insertions {
        file: "server/encrypted.rs",
        sha256: "4c9e355ed91aad60225a6e17cf8ea5a9ded4b118cb711050f135b72e82cd6b0f",
        after: &[
            (
                33,
                "
mod hostbased;
pub use hostbased::HostbasedRequest;
",
            ),
            // Encrypted::server_read_auth_request, before the methods that it does not know
            (
                1058,
                "            \
            } else if method == \"hostbased\" {
                self.server_read_auth_request_hostbased(
                    until,
                    handler,
                    original_packet,
                    auth_user,
                    (&user, &service_name),
                    r,
                )
                .await
",
            ),
        ],
    },
    Insertions {
        file: "server/mod.rs",
        sha256: "e488af05b9211cf35a61dbf26012d6c3c3c16b80c94c635b522e64410f928307",
        after: &[
            (62, "pub use self::encrypted::HostbasedRequest;\n"),
            // trait Handler
            (341, include_str!("../hook/server/handler.rs")),
        ],
    },
];
