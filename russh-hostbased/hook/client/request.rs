//! Hostbased authentication (RFC 4252 §9), the client's side.

use std::future::Future;

use super::*;

/// Signs hostbased requests with a private key of this host, for [`Handle::authenticate_hostbased_with`].
///
/// Users cannot read those keys; a set-uid helper that speaks for them can (ssh-keysign(8)).
pub trait HostbasedSigner {
    type Error: From<crate::Error>;

    /// Signs `data`: the session identifier as a string, then the request up to its signature.
    ///
    /// Returns the signature as a blob, the name of its format and then its bytes: what RFC 4252 §9 calls the
    /// signature, without the length in front.
    fn sign_hostbased(&mut self, data: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, Self::Error>> + Send;
}

impl<H: Handler> Handle<H> {
    /// Perform host-based authentication (RFC 4252 §9) by one host key.
    ///
    /// * `user` - the account on the server
    /// * `client_host` - the name of this host as the server is to know it, with a final dot as OpenSSH sends it
    /// * `client_user` - the user's name on this host
    /// * `public_key` - the public host key or host certificate, as a blob
    /// * `algorithm` - the public key algorithm, which the signer has to sign by
    ///
    /// A server that refuses one key may take another: call this again with the next.
    ///
    /// If the signer fails, its error is returned and nothing has been sent; the handle stays usable for further
    /// authentication attempts.
    pub async fn authenticate_hostbased_with<U: Into<String>, S: HostbasedSigner>(
        &mut self,
        user: U,
        client_host: impl AsRef<[u8]>,
        client_user: impl AsRef<[u8]>,
        public_key: impl AsRef<[u8]>,
        algorithm: &str,
        signer: &mut S,
    ) -> Result<AuthResult, S::Error> {
        let user = user.into();
        // The session identifier never changes after the first key exchange, which made this.
        let Some(binding) = &self.agent_session_binding else {
            return Err(Error::Inconsistent.into());
        };
        let fields: [&[u8]; 7] = [
            user.as_bytes(),
            b"ssh-connection",
            b"hostbased",
            algorithm.as_bytes(),
            public_key.as_ref(),
            client_host.as_ref(),
            client_user.as_ref(),
        ];
        let mut data = Vec::new();
        binding.session_id.as_ref().encode(&mut data).map_err(Error::from)?;
        data.push(msg::USERAUTH_REQUEST);
        let start = data.len();
        for field in fields {
            field.encode(&mut data).map_err(Error::from)?;
        }
        let mut request = data.get(start..).unwrap_or_default().to_vec();
        let signature = signer.sign_hostbased(data).await?;
        signature.encode(&mut request).map_err(Error::from)?;
        self.sender
            .send(Msg::Authenticate { user, method: auth::Method::Hostbased { request } })
            .await
            .map_err(|_| Error::SendError)?;
        Ok(self.wait_recv_reply().await?)
    }
}
