//! Logins by keys of the users' own: what sshd asks for such a key (OpenSSH: auth2-pubkey.c).

use std::net::SocketAddr;

use hostbased::judge::Progress;
use hostbased::key::PublicKey;
use hostbased::name::UserName;
use hostbased::store::account::SystemAccount;
use hostbased::verify::{AfterSuccess, Content, Method, Peer, PermitRootLogin, check_account};

use crate::authorized_keys;
use crate::login::{Server, is_open_to};

/// The account that the key is for, and what its success leads to.
///
/// # Errors
/// The code of what refuses it; where it is the same as over hostbased, it has the same name.
pub fn judge(
    server: &Server,
    key: &PublicKey,
    peer: SocketAddr,
    progress: &Progress,
) -> Result<(SystemAccount, AfterSuccess), &'static str> {
    let (judge, policy) = (&server.judge, server.judge.policy());
    if policy.refuse_connection {
        return Err("connection-refused");
    }
    if !policy.is_enabled(Method::PublicKey) || !progress.methods().may_try(Method::PublicKey) {
        return Err("method-not-listed");
    }
    if key.rsa_bits().is_some_and(|bits| bits < policy.required_rsa_size) {
        return Err("rsa-too-small");
    }
    let name = UserName::new(progress.user()).map_err(|_| "user-name-invalid")?;
    let account = judge.account(&name).map_err(|_| "account-not-asked")?.ok_or("account-unknown")?;
    let names = judge.names(peer);
    let from = Peer::new(peer.ip().to_canonical()).with_names(&names);
    check_account(policy, &name, &account.entry(), &from).map_err(|refusal| refusal.code())?;
    // A certificate is its key (OpenSSH: auth2.c `auth2_key_already_used`).
    if progress.keys().iter().any(|used| used.plain() == key.plain()) {
        return Err("key-already-used");
    }
    for revoked in judge.store().snapshot().sources().revoked_keys {
        match revoked.content {
            Content::Read(keys) if keys.check(key).is_none() => {}
            Content::Read(_) => return Err("key-revoked"),
            Content::Missing => return Err("revoked-keys-missing"),
            Content::Unreadable(_) => return Err("revoked-keys-unreadable"),
        }
    }
    authorized_keys::check(server, &account, key)?;
    let root_may = matches!(policy.permit_root_login, PermitRootLogin::Yes | PermitRootLogin::ProhibitPassword);
    if account.uid == 0 && !root_may {
        return Err("root-not-permitted");
    }
    is_open_to(&account, judge.store().root(), server.own_uid).map_err(|_| "application-denies")?;
    Ok((account, progress.methods().succeed(Method::PublicKey, None)))
}
