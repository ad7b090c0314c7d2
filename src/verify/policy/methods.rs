//! AuthenticationMethods of sshd_config(5): which methods must succeed, one after the other (OpenSSH: auth2.c,
//! auth2-methods.c).

use std::fmt;

use thiserror::Error;

use crate::escape::escape;

/// A method of authentication, by the names that AuthenticationMethods takes (auth2-methods.c `authmethod_cfgs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `none`
    None,
    /// `publickey`
    PublicKey,
    /// `gssapi-with-mic`
    GssapiWithMic,
    /// `password`
    Password,
    /// `keyboard-interactive`
    KeyboardInteractive,
    /// `hostbased`
    Hostbased,
}

impl Method {
    /// Every method, in the order in which sshd names them to a client.
    pub const ALL: [Self; 6] =
        [Self::None, Self::PublicKey, Self::GssapiWithMic, Self::Password, Self::KeyboardInteractive, Self::Hostbased];

    /// The method of that name, exactly.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Its name, as in a request.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PublicKey => "publickey",
            Self::GssapiWithMic => "gssapi-with-mic",
            Self::Password => "password",
            Self::KeyboardInteractive => "keyboard-interactive",
            Self::Hostbased => "hostbased",
        }
    }
}

/// Why AuthenticationMethods is refused, as sshd refuses to start with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MethodsError {
    /// Nothing is there, or nothing between two commas.
    #[error("a method is missing")]
    Empty,
    /// No such method; upper and lower case differ.
    #[error("there is no method {:#}", escape(.0))]
    Unknown(String),
    /// `any` stands beside a list.
    #[error("\"any\" stands alone")]
    AnyNotAlone,
}

/// One element of a list: `publickey`, or `keyboard-interactive:pam`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Element {
    method: Method,
    /// The device behind the colon. Any method may have one here; only keyboard-interactive ever reports one.
    submethod: Option<String>,
}

impl Element {
    fn parse(text: &str) -> Result<Self, MethodsError> {
        let (name, submethod) = match text.split_once(':') {
            Some((name, submethod)) => (name, Some(submethod.to_owned())),
            None => (text, None),
        };
        if name.is_empty() {
            return Err(MethodsError::Empty);
        }
        let method = Method::from_name(name).ok_or_else(|| MethodsError::Unknown(name.to_owned()))?;
        Ok(Self { method, submethod })
    }

    /// Whether success by this method and device is what this element waits for (auth2.c `list_starts_with`,
    /// `remove_method`): where it names a device, that one; else any.
    fn is_met_by(&self, method: Method, submethod: Option<&str>) -> bool {
        self.method == method && (self.submethod.is_none() || self.submethod.as_deref() == submethod)
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.method.name())?;
        self.submethod.iter().try_for_each(|submethod| write!(f, ":{}", escape(submethod)))
    }
}

type List = Vec<Element>;

/// Lists of methods; whoever has gone through all of one of them is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationMethods {
    /// `None`: any one method is enough.
    lists: Option<Vec<List>>,
}

impl AuthenticationMethods {
    /// Any one method is enough (`any`, and the default).
    #[must_use]
    pub const fn any() -> Self {
        Self { lists: None }
    }

    /// Reads the option's words: each a list of methods with commas between, or the one word `any`. A device may stand
    /// behind each method (`hostbased:x`), though nobody can meet it for any but keyboard-interactive.
    ///
    /// # Errors
    /// [`MethodsError`] where sshd would not start (servconf.c, auth2-methods.c `auth2_methods_valid`).
    pub fn parse<W: AsRef<str>>(words: &[W]) -> Result<Self, MethodsError> {
        let is_any = |word: &W| word.as_ref() == "any";
        match words {
            [] => Err(MethodsError::Empty),
            [word] if is_any(word) => Ok(Self::any()),
            words if words.iter().any(is_any) => Err(MethodsError::AnyNotAlone),
            words => {
                let list = |word: &W| word.as_ref().split(',').map(Element::parse).collect::<Result<List, _>>();
                Ok(Self { lists: Some(words.iter().map(list).collect::<Result<_, _>>()?) })
            }
        }
    }

    /// The same without the lists that hold a method that is switched off, as sshd has it at each connection (auth2.c
    /// `auth2_setup_methods_lists`).
    #[must_use]
    pub fn without_disabled(&self, is_enabled: impl Fn(Method) -> bool) -> Self {
        let counts = |list: &&List| list.iter().all(|element| is_enabled(element.method));
        Self { lists: self.lists.as_ref().map(|lists| lists.iter().filter(counts).cloned().collect()) }
    }

    /// Whether any list is left. Where none is, sshd ends the connection: "no authentication methods enabled".
    #[must_use]
    pub fn is_satisfiable(&self) -> bool {
        self.lists.as_ref().is_none_or(|lists| !lists.is_empty())
    }

    /// Where a connection stands before anything succeeded.
    #[must_use]
    pub fn start(&self) -> MethodsProgress {
        MethodsProgress { remaining: self.lists.clone() }
    }
}

impl fmt::Display for AuthenticationMethods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lists(f, self.lists.as_deref())
    }
}

fn write_lists(f: &mut fmt::Formatter<'_>, lists: Option<&[List]>) -> fmt::Result {
    let Some(lists) = lists else { return f.write_str("any") };
    for (index, list) in lists.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { " " })?;
        for (index, element) in list.iter().enumerate() {
            write!(f, "{}{element}", if index == 0 { "" } else { "," })?;
        }
    }
    Ok(())
}

/// How far one connection has come in AuthenticationMethods. `{}` shows what remains, as in `password hostbased,password`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodsProgress {
    /// What is left of each list, never nothing; `None`: any one method is enough.
    remaining: Option<Vec<List>>,
}

/// What a success leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterSuccess {
    /// A list is complete: the user is in.
    Complete,
    /// More methods must follow: the client is told "partial success".
    Partial(MethodsProgress),
    /// No list waits for this, so it must lead nowhere; sshd ends the connection. It comes of `hostbased:x`: the method
    /// may be tried, but its success has no device to meet the list with.
    NotListed,
}

impl MethodsProgress {
    /// Whether the method may be tried now: some list has it next, with whatever device (auth2.c
    /// `auth2_method_allowed`).
    #[must_use]
    pub fn may_try(&self, method: Method) -> bool {
        let is_next = |list: &List| list.first().is_some_and(|element| element.method == method);
        self.remaining.as_ref().is_none_or(|lists| lists.iter().any(is_next))
    }

    /// What follows when the method has succeeded; `submethod` is the device of keyboard-interactive (auth2.c
    /// `auth2_update_methods_lists`).
    #[must_use]
    pub fn succeed(&self, method: Method, submethod: Option<&str>) -> AfterSuccess {
        let Some(lists) = &self.remaining else { return AfterSuccess::Complete };
        let mut found = false;
        let mut remaining = Vec::new();
        for list in lists {
            match list.split_first() {
                Some((first, rest)) if first.is_met_by(method, submethod) => {
                    if rest.is_empty() {
                        return AfterSuccess::Complete;
                    }
                    found = true;
                    remaining.push(rest.to_vec());
                }
                _ => remaining.push(list.clone()),
            }
        }
        if found { AfterSuccess::Partial(Self { remaining: Some(remaining) }) } else { AfterSuccess::NotListed }
    }
}

impl fmt::Display for MethodsProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_lists(f, self.remaining.as_deref())
    }
}
