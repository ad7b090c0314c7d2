//! What [`Material`](crate::material::Material) is made of.

/// Keys: name, and type and bits as `ssh-keygen` takes them. Those of another host end in `-other`.
pub(crate) const KEYS: [(&str, &str, &str); 13] = [
    ("ed25519", "ed25519", "256"),
    ("ed25519-other", "ed25519", "256"),
    ("ecdsa256", "ecdsa", "256"),
    ("ecdsa256-other", "ecdsa", "256"),
    ("ecdsa384", "ecdsa", "384"),
    ("ecdsa521", "ecdsa", "521"),
    ("rsa1024", "rsa", "1024"),
    ("rsa2048", "rsa", "2048"),
    ("rsa3072", "rsa", "3072"),
    ("ca", "ed25519", "256"),
    ("ca-other", "ed25519", "256"),
    ("ca-rsa", "rsa", "2048"),
    ("ca-ecdsa", "ecdsa", "256"),
];

/// For every name and address that a client is looked up by. The key id and the serial number are those that a KRL
/// of [`LISTS`] revokes.
macro_rules! for_the_node {
    ($($more:literal)?) => {
        concat!(
            "-h -I id -z 42 -n node1.cluster.test,node1,node3.cluster.test,",
            "10.77.0.1,10.77.0.3,10.77.0.4,10.77.0.5,10.77.0.6,fd77::1,fd77::4",
            $($more)?
        )
    };
}

/// Certificates: name, key, authority, and arguments of `ssh-keygen -s`. Those named `cert…` alone are good.
pub(crate) const CERTIFICATES: [(&str, &str, &str, &str); 18] = [
    ("cert", "ed25519", "ca", for_the_node!()),
    ("cert-ecdsa", "ecdsa256", "ca", for_the_node!()),
    ("cert-rsa", "rsa3072", "ca", for_the_node!()),
    ("cert-rsa1024", "rsa1024", "ca", for_the_node!()),
    ("cert-by-rsa", "ed25519", "ca-rsa", for_the_node!()),
    ("cert-by-rsa256", "ed25519", "ca-rsa", for_the_node!(" -t rsa-sha2-256")),
    ("cert-by-sha1", "ed25519", "ca-rsa", for_the_node!(" -t ssh-rsa")),
    ("cert-by-ecdsa", "ed25519", "ca-ecdsa", for_the_node!()),
    ("cert-by-other", "ed25519", "ca-other", for_the_node!()),
    ("cert-extension", "ed25519", "ca", for_the_node!(" -O extension:x@cluster.test=1")),
    ("cert-critical", "ed25519", "ca", for_the_node!(" -O critical:x@cluster.test=1")),
    ("cert-expired", "ed25519", "ca", for_the_node!(" -V 19990101:20000101")),
    ("cert-future", "ed25519", "ca", for_the_node!(" -V 20900101:20910101")),
    ("cert-others", "ed25519", "ca", "-h -n other.cluster.test,10.77.0.11 -I id"),
    ("cert-case", "ed25519", "ca", "-h -n Node1.Cluster.Test,FD77::1 -I id"),
    ("cert-pattern", "ed25519", "ca", "-h -n *.cluster.test,node?,10.77.*,fd77:* -I id"),
    ("cert-anybody", "ed25519", "ca", "-h -I id"),
    ("cert-user", "ed25519", "ca", "-n alice,node1.cluster.test,10.77.0.1 -I id"),
];

/// KRLs: name, and the specification of `ssh-keygen -k -s ca.pub` (KEY REVOCATION LISTS in ssh-keygen(1)), where
/// `{NAME}` is a key's base64.
pub(crate) const LISTS: [(&str, &str); 7] = [
    ("krl-empty", ""),
    ("krl-key", "key: ssh-ed25519 {ed25519}\n"),
    ("krl-sha256", "sha256: ssh-ed25519 {ed25519}\n"),
    ("krl-other", "key: ssh-ed25519 {ed25519-other}\n"),
    ("krl-serial", "serial: 40-44\n"),
    ("krl-id", "id: id\n"),
    ("krl-other-serial", "serial: 43\nid: other\n"),
];
