use hostbased::key::AlgorithmList;
use hostbased::verify::{IgnoreRhosts, PermitRootLogin, Policy};
pub fn policy(output: &[u8]) -> Policy {
    let mut p = Policy::default();
    for line in String::from_utf8_lossy(output).lines() {
        let (k, v) = line.split_once(' ').unwrap_or((line, ""));
        let v = &v.split(',').filter(|w| !w.starts_with("ssh-dss")).collect::<Vec<_>>().join(",")[..];
        let yes = v == "yes";
        let words = || v.split(' ').map(str::to_owned).collect::<Vec<_>>();
        match k {
            "hostbasedauthentication" => p.hostbased_authentication = yes,
            "hostbasedacceptedalgorithms" => p.hostbased_accepted_algorithms = AlgorithmList::parse(v, &AlgorithmList::hostbased_default()).unwrap(),
            "casignaturealgorithms" => p.ca_signature_algorithms = AlgorithmList::parse(v, &AlgorithmList::ca_default()).unwrap(),
            "requiredrsasize" => p.required_rsa_size = v.parse().unwrap(),
            "hostbasedusesnamefrompacketonly" => p.hostbased_uses_name_from_packet_only = yes,
            "usedns" => p.use_dns = yes,
            "ignorerhosts" => p.ignore_rhosts = match v { "yes" => IgnoreRhosts::Yes, "no" => IgnoreRhosts::No, _ => IgnoreRhosts::ShostsOnly },
            "ignoreuserknownhosts" => p.ignore_user_known_hosts = yes,
            "strictmodes" => p.strict_modes = yes,
            "permitrootlogin" => p.permit_root_login = match v { "yes" => PermitRootLogin::Yes, "no" => PermitRootLogin::No, "forced-commands-only" => PermitRootLogin::ForcedCommandsOnly, _ => PermitRootLogin::ProhibitPassword },
            "allowusers" => p.allow_users.extend(words()),
            "denyusers" => p.deny_users.extend(words()),
            "allowgroups" => p.allow_groups.extend(words()),
            "denygroups" => p.deny_groups.extend(words()),
            "chrootdirectory" if v != "none" => p.chroot_directory = Some(v.into()),
            "revokedkeys" if v != "none" => p.revoked_keys = words(),
            _ => {}
        }
    }
    p
}
