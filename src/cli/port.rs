//! Ports by number or by service name (OpenSSH: misc.c `a2port`).

#![allow(clippy::disallowed_methods, reason = "services(5) is read here for the command's own arguments")]

/// Where the system's services have their names: services(5). Other sources of nsswitch.conf(5) are not asked.
const SERVICES: &str = "/etc/services";

/// The TCP port of that number or name. `ssh` is known without the file.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|&port| port != 0);
    }
    let listed = std::fs::read_to_string(SERVICES).ok().and_then(|services| find(&services, text));
    listed.or((text == "ssh").then_some(22))
}

/// Looks for a name or alias: `name  port/tcp  alias…  # comment`.
fn find(services: &str, name: &str) -> Option<u16> {
    services.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_ascii_whitespace();
        let service = words.next()?;
        let port = words.next()?.strip_suffix("/tcp")?;
        (service == name || words.any(|alias| alias == name)).then(|| port.parse().ok().filter(|&port| port != 0))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_a_number_or_a_tcp_service() {
        assert_eq!(parse_port("22"), Some(22));
        assert_eq!(parse_port("65535"), Some(65535));
        assert_eq!(parse_port("ssh"), Some(22));
        for bad in ["", "0", "65536", "-1", "+22", "22x", "no such service", "SSH"] {
            assert_eq!(parse_port(bad), None, "{bad:?}");
        }
        let services = "# ssh 9/tcp\nsyslog 514/udp\nssh\t\t22/tcp secure-shell # ssh 1/tcp\nodd 0/tcp\n";
        assert_eq!(find(services, "ssh"), Some(22));
        assert_eq!(find(services, "secure-shell"), Some(22));
        assert_eq!(find(services, "syslog"), None);
        assert_eq!(find(services, "odd"), None);
    }
}
