//! The cases, by where the fault lies; the names of the scenarios say what was done.

mod accounts;
mod algorithms;
mod certificates;
mod client_config;
mod helper;
mod host_keys;
mod known_hosts;
mod log_level;
mod names;
mod names_from_dns;
mod server_config;
mod shosts;
mod user_files;

use crate::case::Case;

pub fn all() -> Vec<Case> {
    let rooms = [
        client_config::cases,
        helper::cases,
        host_keys::cases,
        algorithms::cases,
        server_config::cases,
        accounts::cases,
        names::cases,
        names_from_dns::cases,
        shosts::cases,
        user_files::cases,
        known_hosts::cases,
        certificates::cases,
        log_level::cases,
    ];
    rooms.into_iter().flat_map(|cases| cases()).collect()
}
