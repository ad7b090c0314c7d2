//! As whom this machine comes to the server: its address on the way there, and the name that it claims.

use super::facts::{Connection, Facts, Target};
use super::found::{Told, advice, found, line};
use super::programs::GLOBAL;
use crate::config::Directive;
use crate::doctor::Finding;
use crate::escape::escape;
use crate::failures::Id;
use crate::severity::Severity;

/// What is to be said of the way to the server.
pub(super) fn judge(facts: &Facts) -> Vec<Finding> {
    let Some(target) = &facts.target else { return Vec::new() };
    let findings = [
        ipv6(target),
        other_interface(facts, target),
        loopback(facts, target),
        proxy(facts, target),
        own_name(facts, target),
        upper_case(target),
    ];
    findings.into_iter().flatten().collect()
}

/// The first address that `ssh` tries is an IPv6 one, and only the IPv4 one has a name.
fn ipv6(target: &Target) -> Option<Finding> {
    let first = target.connections.first()?;
    let source = first.source.filter(|source| source.is_ipv6() && first.source_name.is_none())?;
    let named = target.connections.iter().find(|connection| {
        connection.source.is_some_and(|source| source.is_ipv4()) && connection.source_name.is_some()
    })?;
    let (name, typed) = (named.source_name.as_deref().unwrap_or_default(), &target.typed);
    Some(
        found(
            Id::Ipv6SourceAddress,
            Severity::Warning,
            format!("`ssh` comes from {source}, which has no name; its IPv4 address is {name}"),
            "the server looks up the address that it sees, and often only the IPv4 one is registered",
        )
        .mended(advice(format!("give {source} its name (AAAA, PTR, or /etc/hosts of the server), and enroll it")))
        .mended(line(GLOBAL, format!("Host {typed}\n    AddressFamily inet"), "above the first Host or Match")),
    )
}

fn is_loopback(connection: &Connection) -> bool {
    let is_own = connection.server.is_some() && connection.server == connection.source;
    is_own || connection.server.is_some_and(|server| server.is_loopback())
}

fn label(name: &str) -> String {
    name.split('.').next().unwrap_or_default().to_ascii_lowercase()
}

/// The way to the server leaves by an interface with a name of its own.
fn other_interface(facts: &Facts, target: &Target) -> Option<Finding> {
    let own = label(&facts.system.host_name);
    let is_other = |connection: &&Connection| {
        !is_loopback(connection) && connection.source_name.as_deref().is_some_and(|name| label(name) != own)
    };
    let connection = target.connections.iter().find(is_other)?;
    let (source, name) = (connection.source?, connection.source_name.as_deref()?);
    let same = |address: &&std::net::IpAddr| {
        !address.is_loopback() && address.is_ipv4() == source.is_ipv4() && **address != source
    };
    let another = facts.system.addresses.iter().find(same)?;
    Some(
        found(
            Id::MultiHomedSource,
            Severity::Warning,
            format!(
                "`ssh` comes from {source}, {name}; this machine is {}, and has {another} too",
                facts.system.host_name
            ),
            "the server knows the machine by the name of the interface that the connection leaves by",
        )
        .mended(advice(format!("enroll {name} ({source}) on the server as well")))
        .mended(line(
            GLOBAL,
            format!("Host {}\n    BindAddress {another}", target.typed),
            "above the first Host or Match",
        )),
    )
}

fn loopback(facts: &Facts, target: &Target) -> Option<Finding> {
    let connection = target.connections.first().filter(|connection| is_loopback(connection))?;
    let (source, name) = (connection.source?, &connection.claimed);
    // Behind another port there may be another machine: a tunnel.
    let is_known = target.is_its_own_client.filter(|_| facts.options.port() == 22);
    let (severity, lines) = match is_known {
        Some(false) => (Severity::Error, "; no line of its own shosts.equiv is for that"),
        Some(true) => (Severity::Information, "; a line of its own shosts.equiv is for that"),
        None => (Severity::Warning, ""),
    };
    let mend = format!("register {} at itself, if that is wanted: hostbased enroll {name}", facts.system.host_name);
    Some(
        found(
            Id::LoopbackTarget,
            severity,
            format!("{} is this machine: `ssh` comes from {source}, {name}{lines}", target.typed),
            "the server sees the loopback address or its own, and needs lines for that name and key",
        )
        .mended(advice(mend)),
    )
}

/// The server sees whoever makes the connection, and the name comes from hostname(1).
fn proxy(facts: &Facts, target: &Target) -> Option<Finding> {
    let options = &facts.options;
    let jump = options.value("proxyjump").map(|jump| ("ProxyJump", jump));
    let (option, value) = jump.or_else(|| options.value("proxycommand").map(|command| ("ProxyCommand", command)))?;
    let is_sssd = value.contains("sss_ssh_knownhostsproxy");
    let (severity, why) = match option {
        "ProxyJump" => (
            Severity::Warning,
            "the server sees the jump host's address, and looks that up; the name that is claimed is this machine's",
        ),
        _ if is_sssd => (
            Severity::Warning,
            "SSSD's proxy makes the connection, choosing address and family itself; the name that is claimed is hostname(1)'s",
        ),
        _ => (
            Severity::Information,
            "the server sees the address of whoever makes the connection; the name that is claimed is hostname(1)'s",
        ),
    };
    let finding = found(Id::ProxycommandOrProxyjump, severity, format!("{option} {}", escape(value)), why);
    let keyword = option.to_ascii_lowercase();
    let configs = [facts.given.as_ref(), Some(&facts.user), Some(&facts.global)];
    let words = |directive: &Directive| String::from_utf8_lossy(&directive.arguments.join(&b' ')).into_owned();
    let set = configs.into_iter().flatten().flat_map(|config| config.tree.of(&keyword)).find(|directive| {
        let first = words(directive);
        value.split(' ').next() == first.split(' ').next()
    });
    let text = format!("Host {}\n    {option} none", target.typed);
    let finding = match set {
        Some(directive) => finding.at(&directive.file, Some(directive.line)).mended(line(
            &directive.file,
            text,
            "above the first Host or Match",
        )),
        None => finding.mended(line(GLOBAL, text, "above the first Host or Match")),
    };
    Some(match (option, is_sssd) {
        ("ProxyJump", _) => finding.mended(advice("log in to the jump host, and from there to the server")),
        (_, true) => finding.mended(advice("use KnownHostsCommand with sss_ssh_knownhosts, where SSSD has it")),
        _ => finding.mended(advice("ProxyUseFdpass yes, where the command can hand over a socket")),
    })
}

/// Counts only for servers with HostbasedUsesNameFromPacketOnly.
fn own_name(facts: &Facts, target: &Target) -> Option<Finding> {
    let connection = target.connections.iter().find(|connection| !is_loopback(connection))?;
    let claimed = &connection.claimed;
    let is_odd = claimed.eq_ignore_ascii_case("localhost") || claimed.starts_with("localhost.");
    let has_source = connection.source.is_some();
    if claimed.contains('.') && !is_odd {
        return None;
    }
    let source = connection.source.map(|source| source.to_string()).unwrap_or_default();
    let seen = match (&connection.source_name, has_source) {
        (Some(name), _) => format!("{source} is called {name} here"),
        (None, true) => format!("{source} has no name here, so that hostname(1)'s is claimed: {claimed}"),
        (None, false) => format!("hostname(1)'s name is claimed: {claimed}"),
    };
    let name = &facts.system.host_name;
    let finding = found(
        Id::PacketNameIsShortOrWrong,
        Severity::Information,
        seen,
        "a server with HostbasedUsesNameFromPacketOnly goes by this name; others look the address up themselves",
    );
    if has_source {
        let text = format!("{source} {name}.DOMAIN {name}");
        return Some(finding.mended(line("/etc/hosts", text, "above other lines with this address")));
    }
    Some(finding.mended(advice("give the machine its full name: hostnamectl set-hostname NAME.DOMAIN")))
}

fn upper_case(target: &Target) -> Option<Finding> {
    let claimed = target.connections.iter().map(|connection| &connection.claimed);
    let name = claimed.into_iter().find(|name| name.bytes().any(|byte| byte.is_ascii_uppercase()))?;
    Some(
        found(
            Id::PacketNameUppercaseAndHashedKnownHosts,
            Severity::Information,
            format!("this machine claims to be {name}"),
            "a server with HostbasedUsesNameFromPacketOnly does not find it among hashed names, which are in lower case",
        )
        .mended(advice("write the name in lower case in /etc/hosts or the DNS")),
    )
}
