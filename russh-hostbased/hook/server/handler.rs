    /// Check authentication using the "hostbased" method (RFC 4252 §9): a host that the server trusts says, by its
    /// signature, which of its users is connecting.
    ///
    /// Everything in the request is what the client claims. Nothing of it has been verified, not even the signature: the
    /// handler has to know whether the key is that of the client's host before the signature means anything.
    ///
    /// Clients make one request for each host key that they have, so a rejection without `proceed_with_methods` leaves
    /// the method open for the next one. It counts towards [`Config::max_auth_attempts`].
    ///
    /// Not called when "hostbased" is not among the methods that the connection may still use, for requests that are not
    /// formed as RFC 4252 says (they end the connection), and for keys that are certificates within certificates.
    ///
    /// Russh makes sure rejection takes a constant [`Config::auth_rejection_time`],
    /// except if this method takes more than that.
    #[allow(unused_variables)]
    fn auth_hostbased(
        &mut self,
        request: HostbasedRequest<'_>,
    ) -> impl Future<Output = Result<Auth, Self::Error>> + Send {
        async { Ok(Auth::reject()) }
    }

