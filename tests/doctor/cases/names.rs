//! Names and addresses: entries 62, 63, 69 and 72 to 80.

use std::net::{TcpListener, TcpStream};

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{ALICE, CLIENT, CLIENT_ADDRESS, Machine, Pair, SSH_CONFIG, SSHD_CONFIG, client_keys, known_hosts};

const OWN: &str = "10.77.0.1 node1.cluster.test node1\n";
const HOSTS: &str = "/etc/hosts";
const SHOSTS: &str = "/etc/ssh/shosts.equiv";
const KNOWN_HOSTS: &str = "/etc/ssh/ssh_known_hosts";

fn without_dns(pair: &Pair) {
    pair.server.replace(SSHD_CONFIG, "UseDNS yes\n", "UseDNS no\n");
}

fn from_packet(pair: &Pair) {
    pair.server.replace(SSHD_CONFIG, "UseDNS yes\n", "UseDNS no\nHostbasedUsesNameFromPacketOnly yes\n");
}

/// Whom the server admits, and whose keys it knows.
fn registered(pair: &Pair, admitted: &str, known: &str) {
    pair.server.write(SHOSTS, format!("{admitted}\n"));
    pair.server.write(KNOWN_HOSTS, known_hosts(known, client_keys()));
}

fn renamed(machine: &Machine, line: &str) {
    machine.replace(HOSTS, OWN, line);
}

/// The server has a name and an address of the other family, which the client takes.
fn over_ipv6(pair: &Pair) {
    pair.client.replace(HOSTS, "10.77.0.2 srv", "fd77::2 srv");
    pair.client.replace(KNOWN_HOSTS, ",10.77.0.2", ",10.77.0.2,fd77::2");
}

/// ssh talks through this command.
fn through(pair: &Pair, command: &str) {
    let relay = "#!/bin/bash\nexec 3<>\"/dev/tcp/$1/$2\"\ncat <&3 &\ncat >&3\n";
    pair.client.write_with_mode("/usr/local/bin/relay", relay, 0o755);
    pair.client.append(SSH_CONFIG, &format!("    ProxyCommand {command}\n"));
}

const RELAY: &str = "/usr/local/bin/relay 10.77.0.2 %p";

pub fn cases() -> Vec<Case> {
    let mut cases = without_names();
    cases.extend(short_names());
    cases.extend(families());
    cases.extend(ways());
    cases.extend(names_from_the_packet());
    cases
}

fn without_names() -> Vec<Case> {
    vec![
        refused("n_usedns_no_names", without_dns)
            .server(&[Id::UsednsNoButEntriesAreNames])
            .log(&[Id::UsednsNoButEntriesAreNames])
            .short(),
        refused("n_usedns_no_ip_shosts_only", |pair| {
            without_dns(pair);
            registered(pair, CLIENT_ADDRESS, CLIENT);
        })
        .server(&[Id::ShostsAndKnownHostsKeyedDifferently]),
        works("n_usedns_no_ip_both", |pair| {
            without_dns(pair);
            registered(pair, CLIENT_ADDRESS, CLIENT_ADDRESS);
        }),
        refused("n_no_ptr_server", |pair| renamed(&pair.server, "")).server(&[Id::NoPtr]).short(),
        works("n_hashed_kh", |pair| {
            pair.server.root_runs(&format!("ssh-keygen -H -f {KNOWN_HOSTS}"));
            pair.server.remove(&format!("{KNOWN_HOSTS}.old"));
        }),
        works("n_client_127011", |pair| renamed(&pair.client, "127.0.1.1 node1.cluster.test node1\n")),
        works("n_client_no_own_name", |pair| renamed(&pair.client, "")),
        works("n_upper_hosts_usedns", |pair| renamed(&pair.server, "10.77.0.1 NODE1.Cluster.Test node1\n")),
    ]
}

fn short_names() -> Vec<Case> {
    vec![
        refused("n_short_in_shosts", |pair| registered(pair, "node1", CLIENT)).server(&[Id::ShortNameVersusFqdn]),
        refused("n_short_in_kh", |pair| registered(pair, CLIENT, "node1")).server(&[Id::ShortNameVersusFqdn]),
        refused("n_hosts_short_first", |pair| renamed(&pair.server, "10.77.0.1 node1 node1.cluster.test\n"))
            .server(&[Id::ShortNameVersusFqdn]),
    ]
}

fn families() -> Vec<Case> {
    vec![
        works("n_ipv6_named", over_ipv6).from("fd77::1"),
        refused("n_ipv6_source", |pair| {
            over_ipv6(pair);
            pair.client.replace(HOSTS, "fd77::1 node1.cluster.test node1\n", "");
            pair.server.replace(HOSTS, "fd77::1 node1.cluster.test node1\n", "");
        })
        .from("fd77::1")
        .server(&[Id::Ipv6SourceAddress])
        .joined(&[Id::Ipv6SourceAddress])
        .log(&[Id::Ipv6SourceAddress])
        .beside(&[Id::Ipv6SourceAddress, Id::PacketNameIsShortOrWrong]),
        refused("n_ipv6_text", |pair| {
            over_ipv6(pair);
            without_dns(pair);
            registered(pair, "fd77:0:0::1", "fd77::1");
        })
        .from("fd77::1")
        .joined(&[Id::Ipv6TextFormDiffers])
        .beside(&[Id::Ipv6TextFormDiffers, Id::UsednsNoButEntriesAreNames]),
        works("n_ipv6_text_ok", |pair| {
            over_ipv6(pair);
            without_dns(pair);
            registered(pair, "FD77::1", "fd77::1");
        })
        .from("fd77::1")
        .beside(&[Id::UsednsNoButEntriesAreNames]),
    ]
}

/// The ways that a connection takes.
fn ways() -> Vec<Case> {
    vec![
        refused("n_multihomed", |pair| {
            pair.client.ip("address add 10.78.0.1/24 dev eth0\nroute replace 10.77.0.2 dev eth0 src 10.78.0.1\n");
            pair.server.ip("route add 10.78.0.0/24 dev eth0\n");
            for machine in [&pair.client, &pair.server] {
                machine.append(HOSTS, "10.78.0.1 node1-ib.cluster.test\n");
            }
        })
        .joined(&[Id::MultiHomedSource])
        .beside(&[Id::MultiHomedSource]),
        refused("n_loopback", |pair| {
            let own = known_hosts("localhost", crate::pair::server_keys());
            pair.server
                .write(KNOWN_HOSTS, pair.server.read(KNOWN_HOSTS) + &own.replace("localhost", "localhost,127.0.0.1"));
            pair.server.write(SSH_CONFIG, "EnableSSHKeysign yes\nHostbasedAuthentication yes\n");
        })
        .to("localhost")
        .session(|pair, user, program| pair.server.as_user(user, program))
        .client(&[Id::LoopbackTarget]),
        refused("n_nat", |pair| {
            pair.server.ip("address add 10.77.0.3/24 dev eth0\naddress add 10.77.0.9/24 dev eth0\n");
            pair.server.append(HOSTS, "10.77.0.9 gw.cluster.test gw\n");
            pair.server.prepend(SSHD_CONFIG, "ListenAddress 10.77.0.2\n");
            pair.client.replace(HOSTS, "10.77.0.2 srv", "10.77.0.3 srv");
            balance(&pair.server);
        })
        .joined_as(&["--seen-as", "10.77.0.9"], &[Id::NatOrLoadBalancer])
        .log(&[Id::NatOrLoadBalancer]),
        works("n_proxy_same_source", |pair| through(pair, RELAY)).client_tells(Id::ProxycommandOrProxyjump),
        works("n_proxy_short_hostname", |pair| {
            through(pair, RELAY);
            pair.client.root_runs("hostname node1");
        })
        .beside(&[Id::ProxycommandOrProxyjump]),
        works("n_proxy_packetonly", |pair| {
            through(pair, RELAY);
            from_packet(pair);
        })
        .beside(&[Id::ProxycommandOrProxyjump, Id::SharedHostKeyWithPacketNames]),
        works("n_fdpass", |pair| {
            let pass = "import array, socket, sys\nto = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n\
                        socket.send_fds(socket.socket(fileno=1), [b'\\0'], [to.fileno()])\n";
            pair.client.write("/usr/local/bin/pass.py", pass);
            pair.client.append(SSH_CONFIG, "    ProxyUseFdpass yes\n");
            pair.client.append(SSH_CONFIG, "    ProxyCommand python3 /usr/local/bin/pass.py 10.77.0.2 %p\n");
        })
        .beside(&[Id::ProxycommandOrProxyjump]),
    ]
}

/// Takes what comes to 10.77.0.3 on to sshd, from 10.77.0.9.
fn balance(server: &Machine) {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, connect, socket};
    use std::os::fd::AsRawFd;
    server.in_network(|| {
        let listener = TcpListener::bind("10.77.0.3:22").unwrap();
        std::thread::spawn(move || {
            let (front, _) = listener.accept().unwrap();
            let back = socket(AddressFamily::Inet, SockType::Stream, SockFlag::empty(), None).unwrap();
            bind(back.as_raw_fd(), &SockaddrIn::new(10, 77, 0, 9, 0)).unwrap();
            connect(back.as_raw_fd(), &SockaddrIn::new(10, 77, 0, 2, 22)).unwrap();
            let back = TcpStream::from(back);
            let pass = |mut from: TcpStream, mut to: TcpStream| {
                let _ = std::io::copy(&mut from, &mut to);
                let _ = to.shutdown(std::net::Shutdown::Write);
            };
            let (front_too, back_too) = (front.try_clone().unwrap(), back.try_clone().unwrap());
            std::thread::spawn(move || pass(front_too, back_too));
            pass(back, front);
        });
    });
}

fn names_from_the_packet() -> Vec<Case> {
    vec![
        works("n_packetonly_ok_usedns_no", from_packet).beside(&[Id::SharedHostKeyWithPacketNames]),
        refused("n_packetonly_short", |pair| {
            from_packet(pair);
            renamed(&pair.client, "10.77.0.1 node1\n");
        })
        .joined(&[Id::PacketNameIsShortOrWrong])
        .log(&[Id::PacketNameIsShortOrWrong])
        .beside(&[Id::PacketNameIsShortOrWrong, Id::SharedHostKeyWithPacketNames]),
        refused("n_packetonly_ip_in_shosts", |pair| {
            from_packet(pair);
            registered(pair, CLIENT_ADDRESS, CLIENT_ADDRESS);
        })
        .server(&[Id::PacketNameModeIgnoresIpEntries])
        .beside(&[Id::SharedHostKeyWithPacketNames]),
        refused("n_packetonly_upper_hashed", |pair| {
            from_packet(pair);
            renamed(&pair.client, "10.77.0.1 Node1.Cluster.Test node1\n");
            pair.server.root_runs(&format!("ssh-keygen -H -f {KNOWN_HOSTS}"));
            pair.server.remove(&format!("{KNOWN_HOSTS}.old"));
        })
        .joined(&[Id::PacketNameUppercaseAndHashedKnownHosts])
        .beside(&[Id::PacketNameUppercaseAndHashedKnownHosts, Id::SharedHostKeyWithPacketNames]),
        works("n_packetonly_upper_plain", |pair| {
            from_packet(pair);
            renamed(&pair.client, "10.77.0.1 Node1.Cluster.Test node1\n");
        })
        .users(ALICE, ALICE)
        .beside(&[Id::PacketNameUppercaseAndHashedKnownHosts, Id::SharedHostKeyWithPacketNames]),
    ]
}
