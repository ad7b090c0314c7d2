//! What `ssh -G` prints.

use std::collections::BTreeMap;

/// The options of a connection, as `ssh` would use them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(BTreeMap<String, Vec<String>>);

impl Options {
    /// Reads lines of a keyword and its value. Keywords count in any case: their case has changed between releases. Bytes
    /// that are no text are replaced.
    #[must_use]
    pub fn parse(output: &[u8]) -> Self {
        let mut options = Self::default();
        for line in String::from_utf8_lossy(output).lines() {
            let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
            options.0.entry(keyword.to_ascii_lowercase()).or_default().push(value.trim().to_owned());
        }
        options
    }

    /// The value of an option; none where it is not printed, or is `none`.
    #[must_use]
    pub fn value(&self, keyword: &str) -> Option<&str> {
        let value = self.0.get(keyword)?.first()?;
        (!value.is_empty() && !value.eq_ignore_ascii_case("none")).then_some(value)
    }

    /// Whether an option is on.
    #[must_use]
    pub fn is_on(&self, keyword: &str) -> bool {
        self.value(keyword).is_some_and(|value| value == "yes" || value == "true")
    }

    /// The elements of a list that commas separate.
    #[must_use]
    pub fn list(&self, keyword: &str) -> Option<Vec<&str>> {
        self.value(keyword).map(|value| value.split(',').collect())
    }

    /// The words of a value.
    #[must_use]
    pub fn words(&self, keyword: &str) -> Vec<&str> {
        self.value(keyword).map(|value| value.split(' ').filter(|word| !word.is_empty()).collect()).unwrap_or_default()
    }

    /// Whether host-based authentication is on.
    #[must_use]
    pub fn is_hostbased_on(&self) -> bool {
        self.is_on("hostbasedauthentication")
    }

    /// The server's port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.value("port").and_then(|port| port.parse().ok()).unwrap_or(22)
    }

    /// Whether the server is reached through a pipe and not a socket of our own. With ProxyUseFdpass the proxy command hands
    /// over a socket (ssh_config(5)).
    #[must_use]
    pub fn is_piped(&self) -> bool {
        self.value("proxyjump").is_some() || (self.value("proxycommand").is_some() && !self.is_on("proxyusefdpass"))
    }

    /// The option with the algorithms that host keys may be offered with; the older name is that of releases before 8.5.
    #[must_use]
    pub fn accepted_algorithms(&self) -> Vec<&str> {
        let newer = self.list("hostbasedacceptedalgorithms");
        newer.or_else(|| self.list("hostbasedkeytypes")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_in_any_case_and_none_is_none() {
        let options = Options::parse(
            b"host srv\nHostbasedAuthentication yes\nport 2222\nproxycommand none\npreferredauthentications a,b\n\
              userknownhostsfile /a /b\nproxyjump j\nbatchmode no\nhostbasedkeytypes x,y\n",
        );
        assert!(options.is_hostbased_on() && !options.is_on("batchmode") && !options.is_on("nosuch"));
        assert_eq!((options.port(), options.value("proxycommand")), (2222, None));
        assert_eq!(options.list("preferredauthentications"), Some(vec!["a", "b"]));
        assert_eq!(options.words("userknownhostsfile"), ["/a", "/b"]);
        assert_eq!(options.accepted_algorithms(), ["x", "y"]);
        assert!(options.is_piped());
        assert_eq!(Options::default().port(), 22);
    }

    #[test]
    fn a_proxy_that_passes_its_socket_is_no_pipe() {
        let options = |text: &str| Options::parse(text.as_bytes());
        assert!(options("proxycommand nc %h %p\nproxyusefdpass no\n").is_piped());
        assert!(!options("proxycommand nc %h %p\nproxyusefdpass yes\n").is_piped());
        assert!(!options("proxycommand none\nproxyjump none\n").is_piped());
    }
}
