//! Private host keys in the four forms that hosts have them in: OpenSSH's own, PKCS#1, SEC1 and PKCS#8.
//!
//! Which public key a file holds is read without its private part wherever the file says so; the private part is
//! decoded only to sign.

mod der;
mod openssh;

use pem_rfc7468::Decoder;
use thiserror::Error;
use zeroize::Zeroizing;

use super::blinding::Blinding;
use super::checked::CheckedRequest;
use super::secret::{Secret, SignError};
use crate::key::{BaseType, KeyError, PublicKey};

/// Longest private key file, in bytes: RSA of 16384 bits has 13 KiB.
pub(super) const MAX_PRIVATE_KEY_BYTES: usize = 64 * 1024;

/// Why a file is no private key that can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// A passphrase is needed, and a host key has none.
    #[error("the key is encrypted; a host key must have no passphrase (ssh-keygen -p -N '' -f FILE takes it off)")]
    Encrypted,
    /// No PEM text, or one of another kind.
    #[error("not a private key in OpenSSH, PKCS#1, SEC1 or PKCS#8 form")]
    UnknownForm,
    /// The file is larger than a key can be.
    #[error("the file is larger than {MAX_PRIVATE_KEY_BYTES} bytes")]
    TooLarge,
    /// The form is known, what is inside is damaged.
    #[error("the key file is damaged: its {0} does not decode")]
    Damaged(&'static str),
    /// The key is of a type that files cannot sign with here.
    #[error("keys of this type cannot sign here: ed25519, ecdsa and rsa can")]
    UnsupportedType,
    /// The file's private part belongs to another public key than the file says.
    #[error("the private part does not belong to the public part")]
    HalvesDiffer,
    /// The public part is no key.
    #[error("the public part does not decode: {0}")]
    Public(#[from] KeyError),
}

/// The forms of private key files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    OpenSsh,
    Pkcs1,
    Sec1,
    Pkcs8,
}

/// A private key file whose public part is known.
#[derive(Debug)]
pub struct HostKey<'k> {
    file: &'k [u8],
    form: Form,
    base_type: BaseType,
    /// `None` where the file does not carry it.
    public: Option<PublicKey>,
}

impl<'k> HostKey<'k> {
    /// Finds out what kind of key a file holds, and which if it says so in the clear.
    ///
    /// # Errors
    /// [`PrivateKeyError`].
    pub fn identify(file: &'k [u8]) -> Result<Self, PrivateKeyError> {
        let (form, bytes) = unwrap_pem(file)?;
        let (base_type, public) = match form {
            Form::OpenSsh => openssh::public_part(&bytes)?,
            Form::Pkcs1 => der::pkcs1_public(&bytes)?,
            Form::Sec1 => der::sec1_public(&bytes, None)?,
            Form::Pkcs8 => der::pkcs8_public(&bytes)?,
        };
        Ok(Self { file, form, base_type, public })
    }

    /// The type of the key.
    #[must_use]
    pub const fn base_type(&self) -> BaseType {
        self.base_type
    }

    /// The public key, where the file carries it. SEC1 and PKCS#8 files need not.
    #[must_use]
    pub const fn public_key(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// Whether this is the private half of `key`, or of the key inside that certificate. The private part is decoded
    /// only where the file does not carry the public one.
    ///
    /// # Errors
    /// [`PrivateKeyError`], of decoding it.
    pub fn holds(&self, key: &PublicKey) -> Result<bool, PrivateKeyError> {
        if self.base_type != key.key_type().base {
            return Ok(false);
        }
        match &self.public {
            Some(public) => Ok(public == key.plain()),
            None => Ok(self.secret()?.public_key()? == *key.plain()),
        }
    }

    /// The public key, as the private part gives it.
    ///
    /// # Errors
    /// [`PrivateKeyError`], of decoding the private part; and where the file says another public key.
    pub fn derive_public_key(&self) -> Result<PublicKey, PrivateKeyError> {
        let derived = self.secret()?.public_key()?;
        match &self.public {
            Some(public) if *public != derived => Err(PrivateKeyError::HalvesDiffer),
            _ => Ok(derived),
        }
    }

    /// Signs a request that passed every check; gives the signature blob (string format name, string signature).
    ///
    /// # Errors
    /// [`SignError`], also when this is not the private half of the request's key.
    pub fn sign(&self, request: &CheckedRequest<'_>) -> Result<Vec<u8>, SignError> {
        self.sign_blinded(request, &mut Blinding::draw()?)
    }

    /// The same, with random numbers that were drawn before: nothing is asked of the system.
    ///
    /// # Errors
    /// As [`HostKey::sign`], but for [`SignError::NoRandomness`].
    pub fn sign_blinded(&self, request: &CheckedRequest<'_>, blinding: &mut Blinding) -> Result<Vec<u8>, SignError> {
        let secret = self.secret()?;
        // Never trust what a file says beside its key: a signature by another key must not leave the house.
        if secret.public_key()? != *request.public_key().plain() {
            return Err(PrivateKeyError::HalvesDiffer.into());
        }
        secret.sign(request.algorithm(), request.data(), blinding)
    }

    fn secret(&self) -> Result<Secret, PrivateKeyError> {
        let (_, bytes) = unwrap_pem(self.file)?;
        match self.form {
            Form::OpenSsh => openssh::secret(&bytes),
            Form::Pkcs1 => der::pkcs1_secret(&bytes),
            Form::Sec1 => der::sec1_secret(&bytes, None),
            Form::Pkcs8 => der::pkcs8_secret(&bytes),
        }
    }
}

fn unwrap_pem(file: &[u8]) -> Result<(Form, Zeroizing<Vec<u8>>), PrivateKeyError> {
    if file.len() > MAX_PRIVATE_KEY_BYTES {
        return Err(PrivateKeyError::TooLarge);
    }
    // PKCS#1 and SEC1 files say in a header that they are encrypted (RFC 1421 section 4.6.1.1).
    if file.windows(ENCRYPTED_HEADER.len()).any(|window| window == ENCRYPTED_HEADER) {
        return Err(PrivateKeyError::Encrypted);
    }
    let mut decoder = Decoder::new_detect_wrap(file).map_err(|_| PrivateKeyError::UnknownForm)?;
    let form = match decoder.type_label() {
        "OPENSSH PRIVATE KEY" => Form::OpenSsh,
        "RSA PRIVATE KEY" => Form::Pkcs1,
        "EC PRIVATE KEY" => Form::Sec1,
        "PRIVATE KEY" => Form::Pkcs8,
        "ENCRYPTED PRIVATE KEY" => return Err(PrivateKeyError::Encrypted),
        _ => return Err(PrivateKeyError::UnknownForm),
    };
    // Allocated once and whole, so that no copy stays behind when it grows.
    let mut bytes = Zeroizing::new(vec![0; decoder.remaining_len()]);
    decoder.decode(&mut bytes).map_err(|_| PrivateKeyError::Damaged("base64"))?;
    Ok((form, bytes))
}

const ENCRYPTED_HEADER: &[u8] = b"Proc-Type: 4,ENCRYPTED";
