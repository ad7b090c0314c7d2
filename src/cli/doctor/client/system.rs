//! What the kernel says of this session and of itself.

use super::files::text;
use super::network;
use crate::doctor::client::System;
use crate::escape::escape;

/// A user namespace with all ids, as the first one has them (user_namespaces(7)).
const WHOLE_MAP: &str = "0 0 4294967295";

/// Reads it. `groups` are the numbers whose names may be shown.
pub(super) fn gather(groups: impl IntoIterator<Item = u32>) -> System {
    let status = text("/proc/self/status").unwrap_or_default();
    let map = text("/proc/self/uid_map").map(|map| map.split_whitespace().collect::<Vec<_>>().join(" "));
    let enforces = text("/sys/fs/selinux/enforce").as_deref() == Some("1");
    let boolean = text("/sys/fs/selinux/booleans/ssh_keysign").filter(|_| enforces);
    let uname = nix::sys::utsname::uname().ok();
    let shown = |text: Option<&std::ffi::OsStr>| {
        text.map(|text| escape(text.as_encoded_bytes()).to_string()).unwrap_or_default()
    };
    let named = |gid: u32| Some((gid, escape(&hostbased_sys::group_name(gid).ok()??).to_string()));
    System {
        host_name: network::host_name(),
        addresses: network::own_addresses(),
        no_new_privs: status.lines().any(|line| line.split_whitespace().eq(["NoNewPrivs:", "1"])),
        partial_uid_map: map.filter(|map| map != WHOLE_MAP).map(|map| escape(&map).to_string()),
        selinux_keysign: boolean.map(|boolean| boolean.starts_with('1')),
        ptrace_scope: text("/proc/sys/kernel/yama/ptrace_scope").and_then(|scope| scope.parse().ok()),
        kernel_release: shown(uname.as_ref().map(|uname| uname.release())),
        kernel_version: shown(uname.as_ref().map(|uname| uname.version())),
        groups: groups.into_iter().filter_map(named).collect(),
        has_dpkg: std::path::Path::new("/usr/bin/dpkg-statoverride").exists(),
    }
}
