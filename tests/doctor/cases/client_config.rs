//! The client's configuration: entries 1 to 14, 112 and 113.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{ALICE, Pair, SERVER, SSH_CONFIG, client_keys, known_hosts};

const HOST: &str = "Host *.cluster.test\n    HostbasedAuthentication yes\n";
const DROP_IN: &str = "/etc/ssh/ssh_config.d/hostbased.conf";
const ENABLED: &str = "EnableSSHKeysign yes\n";
const USERS: &str = "/home/alice/.ssh/config";

/// The main file says this, and then that hostbased is to be used.
fn config(pair: &Pair, first: &str) {
    pair.client.write(SSH_CONFIG, format!("{first}{HOST}"));
}

pub fn cases() -> Vec<Case> {
    let mut cases = switched_off();
    cases.extend(helper_not_enabled());
    cases.extend(helper_enabled());
    cases.extend(unreadable_or_wrong());
    cases.extend(around());
    cases
}

fn switched_off() -> Vec<Case> {
    vec![
        refused("c_hostbased_off", |pair| pair.client.write(SSH_CONFIG, ENABLED))
            .client(&[Id::ClientHostbasedOff])
            .short(),
        refused("c_preferred_without", |pair| {
            pair.client.append(SSH_CONFIG, "    PreferredAuthentications publickey,password\n");
        })
        .client(&[Id::PreferredAuthOmitsHostbased]),
        refused("c_user_overrides", |pair| pair.client.write_as(ALICE, USERS, "HostbasedAuthentication no\n"))
            .client(&[Id::UserConfigDisables]),
        refused("c_hostpattern_short", |_| {}).to("srv").client(&[Id::HostBlockMissesTypedName]),
        refused("c_dash_F", |pair| pair.client.write("/etc/ssh/tool_config", "User alice\n"))
            .options(&["-F", "/etc/ssh/tool_config"], &["--config", "/etc/ssh/tool_config"])
            .client(&[Id::DashFSkipsGlobal]),
    ]
}

fn helper_not_enabled() -> Vec<Case> {
    vec![
        refused("c_keysign_off p_keysign_off", |pair| config(pair, ""))
            .client(&[Id::KeysignNotEnabled])
            .log(&[Id::KeysignNotEnabled])
            .short(),
        refused("c_keysign_userconf", |pair| {
            config(pair, "");
            pair.client.write_as(ALICE, USERS, ENABLED);
        })
        .client(&[Id::KeysignEnabledInUserScope])
        .short(),
        refused("c_keysign_hostspecific", |pair| config(pair, "Host srv.cluster.test\n    EnableSSHKeysign yes\n"))
            .client(&[Id::KeysignInsideHostBlock])
            .short(),
        refused("c_quoted_G", |pair| config(pair, "Host \"srv.cluster.test\"\n    EnableSSHKeysign yes\n"))
            .client(&[Id::KeysignInsideHostBlock]),
        refused("c_keysign_after_host", |pair| pair.client.write(SSH_CONFIG, format!("{HOST}{ENABLED}")))
            .client(&[Id::KeysignInsideHostBlock]),
        refused("c_keysign_host_pattern", |pair| config(pair, "Host *.cluster.test\n    EnableSSHKeysign yes\n"))
            .client(&[Id::KeysignInsideHostBlock]),
        refused("c_keysign_host_qstar", |pair| config(pair, "Host ?*\n    EnableSSHKeysign yes\n"))
            .client(&[Id::KeysignInsideHostBlock]),
        refused("c_dropin_hostblock_include", |pair| {
            config(pair, "Host srv*\n    Include /etc/ssh/ssh_config.d/*.conf\n");
            pair.client.write(DROP_IN, ENABLED);
        })
        .client(&[Id::KeysignInsideHostBlock]),
        refused("c_keysign_match_final", |pair| config(pair, "Match final all\n    EnableSSHKeysign yes\n"))
            .client(&[Id::KeysignInMatchFinal]),
        refused("c_keysign_first_no", |pair| config(pair, "EnableSSHKeysign no\nEnableSSHKeysign yes\n"))
            .client(&[Id::KeysignFirstValueNo]),
    ]
}

/// Not what the manual page calls the "non-hostspecific section", and good all the same.
fn helper_enabled() -> Vec<Case> {
    let mut cases = vec![
        works("c_keysign_dropin", |pair| {
            config(pair, "Include /etc/ssh/ssh_config.d/*.conf\n");
            pair.client.write(DROP_IN, ENABLED);
        }),
        works("c_keysign_hoststar", |pair| config(pair, "Host *\n    EnableSSHKeysign yes\n")).short(),
        works("c_keysign_host_bang", |pair| config(pair, "Host !login* *\n    EnableSSHKeysign yes\n")),
        works("c_keysign_match_all", |pair| config(pair, "Match all\n    EnableSSHKeysign yes\n")),
        works("c_keysign_match_host_star", |pair| config(pair, "Match host *\n    EnableSSHKeysign yes\n")),
    ];
    cases.extend([
        works("c_keysign_match_localuser", |pair| config(pair, "Match localuser alice\n    EnableSSHKeysign yes\n")),
        works("c_keysign_match_user", |pair| config(pair, "Match user alice\n    EnableSSHKeysign yes\n")),
        works("c_keysign_match_exec", |pair| config(pair, "Match exec true\n    EnableSSHKeysign yes\n"))
            .client_tells(Id::MatchExecRunsInHelper),
    ]);
    cases
}

fn unreadable_or_wrong() -> Vec<Case> {
    /// What ssh itself reads where it cannot read the file for all.
    fn own_config(pair: &Pair) {
        pair.client.write_as(ALICE, USERS, "HostbasedAuthentication yes\n");
        let own = known_hosts(SERVER, crate::pair::server_keys());
        pair.client.write_as(ALICE, "/home/alice/.ssh/known_hosts", own);
    }
    vec![
        refused("c_config_unreadable p_cfg_unreadable", |pair| {
            own_config(pair);
            pair.client.set_mode(SSH_CONFIG, 0o600);
        })
        .client(&[Id::GlobalConfigUnreadable]),
        refused("c_etcssh_0700", |pair| {
            own_config(pair);
            pair.client.set_mode("/etc/ssh", 0o700);
        })
        .client(&[Id::GlobalConfigUnreadable])
        .beside(&[Id::PubFilesUnreadable, Id::KnownHosts0600BreaksTheClientSide]),
        refused("c_dropin_bad_mode", |pair| {
            config(pair, "Include /etc/ssh/ssh_config.d/*.conf\nEnableSSHKeysign yes\n");
            pair.client.write_with_mode(DROP_IN, "Compression no\n", 0o666);
        })
        .client(&[Id::IncludeBadOwnerOrUnreadable]),
        refused("c_dropin_unreadable", |pair| {
            config(pair, "Include /etc/ssh/ssh_config.d/*.conf\nEnableSSHKeysign yes\n");
            pair.client.write_with_mode(DROP_IN, "Compression no\n", 0o600);
        })
        .client(&[Id::IncludeBadOwnerOrUnreadable]),
        refused("c_bad_option_global p_badopt", |pair| pair.client.append(SSH_CONFIG, "NoSuchOption yes\n"))
            .client(&[Id::GlobalConfigBadOptionKillsHelper]),
        refused("o_hostbasedacceptedkeytypes_client", |pair| {
            pair.client.append(SSH_CONFIG, "    HostbasedAcceptedKeyTypes ssh-ed25519\n");
        })
        .client(&[Id::OptionNameVersionSkew]),
        works("o_hostbasedkeytypes_client", |pair| {
            pair.client.append(SSH_CONFIG, "    HostbasedKeyTypes ssh-ed25519\n");
        }),
        works("o_hostbasedacceptedalgs_client", |pair| {
            pair.client.append(SSH_CONFIG, "    HostbasedAcceptedAlgorithms ssh-ed25519\n");
        }),
    ]
}

fn around() -> Vec<Case> {
    vec![
        refused("t_unknown_server", |pair| {
            pair.client.remove("/etc/ssh/ssh_known_hosts");
            pair.client.append(SSH_CONFIG, "    StrictHostKeyChecking yes\n");
        })
        .client(&[Id::ServerKeyNotTrustedByClient])
        .log(&[Id::ServerKeyNotTrustedByClient]),
        works("t_changed_server_noStrict", |pair| {
            pair.client.write("/etc/ssh/ssh_known_hosts", known_hosts(SERVER, client_keys()));
            pair.client.append(SSH_CONFIG, "    StrictHostKeyChecking no\n");
        })
        .client_tells(Id::ServerKeyNotTrustedByClient),
        // Trust is withdrawn, and a login over the old connection works as before.
        works("mux", |pair| {
            let multiplexed = "    ControlMaster auto\n    ControlPath ~/.ssh/%C\n    ControlPersist 60\n";
            pair.client.append(SSH_CONFIG, multiplexed);
            pair.client.write_as(ALICE, USERS, "");
        })
        .then(|pair| {
            let mut master = pair.client.as_user(ALICE, "ssh");
            let master = master.args(["-o", "BatchMode=yes", SERVER, "true"]).stderr(std::process::Stdio::null());
            assert!(master.status().unwrap().success());
            pair.server.remove("/etc/ssh/shosts.equiv");
        })
        .client_tells(Id::ControlmasterHidesState)
        .server(&[Id::ShostsMissingOrEmpty])
        .no_mend("the login works, over the old connection"),
    ]
}
