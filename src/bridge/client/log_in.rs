//! Trying one offer after another.

use std::fmt;

use russh_hostbased as russh;
use russh_hostbased::client::{AuthResult, Handle, Handler, HostbasedSigner};
use russh_hostbased::{MethodKind, MethodSet};

use super::{Claim, Offer};

/// What came of one offer.
#[derive(Debug)]
#[non_exhaustive]
pub enum Tried<E> {
    /// The server took it.
    Accepted,
    /// The server did not.
    Refused,
    /// The signer did not sign: the server has seen nothing of it.
    NotSigned(E),
}

impl<E: fmt::Display> fmt::Display for Tried<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("accepted"),
            Self::Refused => f.write_str("refused by the server"),
            Self::NotSigned(error) => error.fmt(f),
        }
    }
}

/// What came of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Logged in.
    LoggedIn,
    /// The server took a key and asks for more: one of these methods.
    Partial(MethodSet),
    /// The server does not take hostbased for this user, but these methods. No key was shown to it.
    NotOffered(MethodSet),
    /// No offer was accepted; the server still takes these methods.
    Refused(MethodSet),
    /// No offer was signed for, or there was none. No key was shown to the server, which takes these methods.
    NothingSigned(MethodSet),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoggedIn => f.write_str("logged in"),
            Self::Partial(methods) => {
                write!(f, "the server took the host's key and wants one more method: {}", Names(methods))
            }
            Self::NotOffered(methods) => write!(f, "the server does not offer hostbased, but: {}", Names(methods)),
            Self::Refused(methods) => {
                write!(f, "no key of this host was accepted; the server takes: {}", Names(methods))
            }
            Self::NothingSigned(methods) => {
                write!(f, "no key of this host was signed for, so none was shown; the server takes: {}", Names(methods))
            }
        }
    }
}

/// Names of methods, with commas.
struct Names<'a>(&'a MethodSet);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing else");
        }
        for (index, method) in self.0.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { "," }, <&str>::from(method))?;
        }
        Ok(())
    }
}

/// Logs in by hostbased: asks the server what it takes (method none), then makes the offers in their order until one is
/// accepted, wholly or as one of several methods, or the server takes hostbased no longer.
///
/// Each offer whose fate is known is told to `report`. A signer that fails costs its key only.
///
/// # Errors
/// [`russh::Error`], when the connection fails: [`russh::Error::Disconnect`] also where the server closed it, as sshd does
/// behind MaxAuthTries. The server's own words on that go to [`Handler::disconnected`].
pub async fn log_in<H: Handler, S: HostbasedSigner + Send>(
    session: &mut Handle<H>,
    claim: &Claim,
    offers: &[Offer],
    signer: &mut S,
    mut report: impl FnMut(&Offer, &Tried<S::Error>),
) -> Result<Outcome, russh::Error> {
    let mut methods = match still_open(session.authenticate_none(claim.user.as_str()).await?, session)? {
        AuthResult::Success => return Ok(Outcome::LoggedIn),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    if !methods.contains(&MethodKind::HostBased) {
        return Ok(Outcome::NotOffered(methods));
    }
    let mut is_shown = false;
    for offer in offers {
        let Claim { user, client_host, client_user } = claim;
        let (key, algorithm) = (offer.key().blob(), offer.algorithm().name());
        let mut signer = Telling(signer);
        let sent =
            session.authenticate_hostbased_with(user, client_host, client_user, key, algorithm, &mut signer).await;
        let (remaining_methods, partial_success) = match sent {
            Ok(result) => match still_open(result, session)? {
                AuthResult::Success => {
                    report(offer, &Tried::Accepted);
                    return Ok(Outcome::LoggedIn);
                }
                AuthResult::Failure { remaining_methods, partial_success } => (remaining_methods, partial_success),
            },
            Err(Failed::Signer(error)) => {
                report(offer, &Tried::NotSigned(error));
                continue;
            }
            Err(Failed::Connection(error)) => return Err(error),
        };
        is_shown = true;
        if partial_success {
            report(offer, &Tried::Accepted);
            return Ok(Outcome::Partial(remaining_methods));
        }
        report(offer, &Tried::Refused);
        methods = remaining_methods;
        if !methods.contains(&MethodKind::HostBased) {
            break;
        }
    }
    Ok(if is_shown { Outcome::Refused(methods) } else { Outcome::NothingSigned(methods) })
}

/// russh tells a connection that has ended as a failure that leaves no method.
fn still_open<H: Handler>(result: AuthResult, session: &Handle<H>) -> Result<AuthResult, russh::Error> {
    match &result {
        AuthResult::Failure { remaining_methods, .. } if remaining_methods.is_empty() && session.is_closed() => {
            Err(russh::Error::Disconnect)
        }
        _ => Ok(result),
    }
}

/// Tells the signer's own failure from that of the connection.
enum Failed<E> {
    Signer(E),
    Connection(russh::Error),
}

impl<E> From<russh::Error> for Failed<E> {
    fn from(error: russh::Error) -> Self {
        Self::Connection(error)
    }
}

/// A signer whose failures are told apart.
struct Telling<'s, S>(&'s mut S);

impl<S: HostbasedSigner + Send> HostbasedSigner for Telling<'_, S> {
    type Error = Failed<S::Error>;

    async fn sign_hostbased(&mut self, data: Vec<u8>) -> Result<Vec<u8>, Self::Error> {
        self.0.sign_hostbased(data).await.map_err(Failed::Signer)
    }
}
