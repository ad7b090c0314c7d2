//! What makes a machine a client or a server of host-based authentication: a plan, from what stands there to what should.
