//! The random numbers that blind RSA signatures.

use std::fmt;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use zeroize::Zeroizing;

use super::secret::SignError;

/// Random numbers for one signature, drawn from the kernel when this value is made and at no time after: a program can
/// draw them, give up every system call that opens or reads anything, and sign then.
///
/// Only RSA uses them (RUSTSEC-2023-0071): ed25519 is deterministic (RFC 8032), and so is ECDSA here (RFC 6979).
pub struct Blinding(pub(super) ChaCha20Rng);

impl Blinding {
    /// Draws 32 bytes from the kernel (getrandom(2)), of which ChaCha20 makes all others.
    ///
    /// # Errors
    /// [`SignError::NoRandomness`].
    pub fn draw() -> Result<Self, SignError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|_| SignError::NoRandomness)?;
        Ok(Self(ChaCha20Rng::from_seed(*seed)))
    }
}

impl fmt::Debug for Blinding {
    /// Shows nothing of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Blinding")
    }
}
