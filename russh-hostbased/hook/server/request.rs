//! Hostbased authentication (RFC 4252 §9), the server's side.

use super::*;
use crate::keys::key::check_cert_nesting;

/// A request of the "hostbased" method (RFC 4252 §9), passed to [`Handler::auth_hostbased`].
///
/// All of it is what the client claims.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct HostbasedRequest<'a> {
    /// The user name: the account on this server.
    pub user: &'a str,
    /// The service that is asked for, always `ssh-connection`.
    pub service: &'a str,
    /// The name of the public key algorithm, such as `rsa-sha2-512`.
    pub algorithm: &'a [u8],
    /// The client host's public key or certificate, as a blob. It has not been decoded; what decodes it must take care
    /// of certificates within certificates (a few levels of them are let through).
    pub public_key: &'a [u8],
    /// The name that the client host gives itself, mostly with a final dot.
    pub client_host: &'a [u8],
    /// The user's name on the client host.
    pub client_user: &'a [u8],
    /// The signature, as a blob: the name of its format, then its bytes.
    pub signature: &'a [u8],
    /// What the signature is to be verified over: the session identifier as a string, then the request as it came, up
    /// to its signature.
    pub signed_data: &'a [u8],
    session_id: &'a [u8],
}

impl<'a> HostbasedRequest<'a> {
    /// The session identifier: the exchange hash of the connection's first key exchange.
    pub fn session_id(&self) -> &'a [u8] {
        self.session_id
    }
}

impl Encrypted {
    /// Reads a "hostbased" request behind its method name, asks the handler, and answers.
    pub(super) async fn server_read_auth_request_hostbased<H: Handler + Send>(
        &mut self,
        until: Instant,
        handler: &mut H,
        original_packet: &[u8],
        auth_user: &mut String,
        (user, service): (&str, &str),
        r: &mut &[u8],
    ) -> Result<(), H::Error> {
        let algorithm = map_err!(string(r))?;
        let public_key = map_err!(string(r))?;
        let client_host = map_err!(string(r))?;
        let client_user = map_err!(string(r))?;
        let unsigned = original_packet.len().saturating_sub(r.len());
        let signature = map_err!(string(r))?;
        map_err!(ensure_end(r))?;

        let session_id = self.session_id.as_ref();
        let mut signed_data = Vec::with_capacity(4 + session_id.len() + unsigned);
        map_err!(session_id.encode(&mut signed_data))?;
        signed_data.extend_from_slice(original_packet.get(..unsigned).unwrap_or_default());

        let EncryptedState::WaitingAuthRequest(ref mut auth_request) = self.state else {
            return Err(Error::Inconsistent.into());
        };
        auth_user.clear();
        let auth = if !auth_request.methods.contains(&MethodKind::HostBased) {
            debug!("hostbased is not among the methods that may be used");
            Auth::reject()
        } else if check_cert_nesting(public_key).is_err() {
            warn!("hostbased: certificates within certificates");
            Auth::reject()
        } else {
            let request = HostbasedRequest {
                user,
                service,
                algorithm,
                public_key,
                client_host,
                client_user,
                signature,
                signed_data: &signed_data,
                session_id,
            };
            handler.auth_hostbased(request).await?
        };

        match auth {
            Auth::Accept => {
                auth_user.push_str(user);
                server_auth_request_success(&mut self.write);
                self.state = EncryptedState::InitCompression;
                return Ok(());
            }
            Auth::Reject { proceed_with_methods, partial_success } => {
                auth_request.partial_success = partial_success;
                if let Some(methods) = proceed_with_methods {
                    auth_request.methods = methods;
                }
            }
            // No challenge belongs to this method: whoever answers so does not have it.
            Auth::UnsupportedMethod | Auth::Partial { .. } => {
                auth_request.methods.remove(MethodKind::HostBased);
            }
        }
        reject_auth_request(until, &mut self.write, auth_request).await?;
        Ok(())
    }
}

/// One string (RFC 4251 §5), not copied.
fn string<'a>(r: &mut &'a [u8]) -> Result<&'a [u8], ssh_encoding::Error> {
    let length = usize::decode(r)?;
    let (value, rest) = r.split_at_checked(length).ok_or(ssh_encoding::Error::Length)?;
    *r = rest;
    Ok(value)
}
