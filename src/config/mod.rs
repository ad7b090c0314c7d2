//! `ssh_config` and `sshd_config` as they stand.
