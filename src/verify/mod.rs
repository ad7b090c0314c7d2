//! Decides over a hostbased request as sshd does, and says why.
//!
//! [`verify`] is a pure function: everything that it looks at is in its [`Inputs`]. It lets a user in only with three
//! proofs in hand, each of which only its own checker can make:
//!
//! | proof | says | OpenSSH |
//! |---|---|---|
//! | [`EquivAllows`] | the equiv files let this user of that host in | auth-rhosts.c `auth_rhosts2` |
//! | [`HostKeyTrusted`] | the key belongs to the host under that name | auth.c `check_key_in_hostfiles` |
//! | [`SignatureValid`] | the host signed this request, for this session | monitor.c `mm_answer_keyverify` |
//!
//! [`Authenticated`] is made from all three. The absence of an error is no evidence.
//!
//! ```text
//! Inputs { request, peer, account, policy, files }
//!    -> method -> request -> algorithm -> key -> account -> revoked-keys -> name -> equiv -> certificate -> known-hosts
//!    -> signature -> root-login -> application -> further-methods
//!    -> Decision { outcome, explanation { refusal, traces, sshd's own message, hint } }
//! ```
//!
//! The steps stand in sshd's order, cheap ones first and the signature last, and each is computed once. Nothing is kept from
//! one attempt to the next. [`explain`] goes the same way without a signature.
//!
//! What is the server's own to do, as it is sshd's: to count attempts (MaxAuthTries) and connections, so that descriptors and
//! memory are left; to make a refusal take a constant time, and to tell the client nothing of its reason, which is for the
//! log; to run PAM where UsePAM is yes, and to look at `/etc/nologin` where it is no; to go on with further methods after
//! [`Decision::partial_success`]. [`verify`] may read files through [`UserFiles`] and ask the system for netgroups: in an
//! asynchronous server it belongs on a thread that may wait.

mod account;
mod application;
mod certificate;
mod decide;
mod equiv;
mod explanation;
mod files;
mod gate;
mod host_key;
mod inputs;
mod names;
mod policy;
mod proof;
mod refusal;
mod request_key;
mod search;
mod signature;
mod step;

pub use account::{Account, AccountEntry, Shell};
pub use application::Application;
pub use decide::{explain, verify};
pub use equiv::EquivAllows;
pub use explanation::{Decision, Explanation};
pub use files::{Content, EquivSource, Files, KnownHostsSource, RevokedSource, Stat, Unreadable, UserFile, UserFiles};
pub use gate::{GateRefusal, UserList, check as check_account};
pub use host_key::HostKeyTrusted;
pub use inputs::{Inputs, Peer};
pub use policy::{
    AfterSuccess, AuthenticationMethods, IgnoreRhosts, Method, MethodsError, MethodsProgress, PermitRootLogin, Policy,
    PolicyError,
};
pub use proof::Authenticated;
pub use refusal::Refusal;
pub use signature::SignatureValid;
pub use step::{Note, Step, StepResult, Trace};
