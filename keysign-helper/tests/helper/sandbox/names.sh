# One signature on a machine of its own, whose accounts, groups and host names come from one service. Runs in mount and
# process namespaces of its own, as root.
#
# names.sh PACKAGES LAB HELPER SERVICE RUNNING: a folder with the services' packages unpacked; the lab's folder; the helper; which
# service; whether it runs (yes or no). The request comes by standard input, the connection is descriptor 3.
set -eu
packages=$1 lab=$2 helper=$3 service=$4 running=$5

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
for folder in usr etc var; do
    mkdir -p "/run/overlay/$folder" "/run/work/$folder" "$packages/$folder"
    mount -t overlay -o "lowerdir=$packages/$folder:/$folder,upperdir=/run/overlay/$folder,workdir=/run/work/$folder" \
        overlay "/$folder"
done
ldconfig
mount --bind "$lab/etc" /etc/ssh
echo 'AllowGroups labgroup' >/etc/ssh/keysign.conf
printf '127.0.0.1 localhost\n' >/etc/hosts
: >/etc/resolv.conf

# Where modules of files find them: the caller is in none of these.
accounts() { printf 'labuser:x:4242:4242::/:/bin/sh\n'; }
groups() { printf 'labuser:x:4242:\nlabgroup:x:4343:labuser\n'; }
# Waits for a socket, as long as there is something to wait for.
wait_for() {
    for _ in $(seq 100); do
        [ -S "$1" ] && return
        sleep 0.1
    done
    return 1
}
only() { printf '%s\n' "$@" >/etc/nsswitch.conf; }

case $service in
nscd)
    only 'passwd: files' 'group: files' 'hosts: files'
    accounts >>/etc/passwd
    groups >>/etc/group
    if [ "$running" = yes ]; then
        mkdir -p /run/nscd /var/cache/nscd
        nscd -F >/dev/null 2>&1 </dev/null &
        wait_for /run/nscd/socket
    fi
    # nscd goes on seeing them; the helper does not.
    : >/run/nothing
    inner='mount --bind /run/nothing /etc/passwd; mount --bind /run/nothing /etc/group; mount --bind /run/nothing /etc/hosts;'
    ;;
sssd)
    only 'passwd: files sss' 'group: files sss' 'hosts: files'
    mkdir -p /var/lib/sss/db /var/lib/sss/pipes/private /var/lib/sss/mc /var/lib/sss/pubconf /var/lib/sss/secrets \
        /var/lib/sss/keytabs /var/lib/sss/gpo_cache /var/log/sssd /run/sssd /etc/sssd
    accounts >/etc/sssd/passwd
    groups >/etc/sssd/group
    printf '%s\n' '[sssd]' 'services = nss' 'domains = lab' '[domain/lab]' 'id_provider = files' \
        'passwd_files = /etc/sssd/passwd' 'group_files = /etc/sssd/group' >/etc/sssd/sssd.conf
    chmod 600 /etc/sssd/sssd.conf
    if [ "$running" = yes ]; then
        sssd -i >/dev/null 2>&1 </dev/null &
        wait_for /var/lib/sss/pipes/nss
        # It has read its files when it answers.
        for _ in $(seq 100); do getent group labgroup >/dev/null && break; sleep 0.1; done
    fi
    inner=
    ;;
resolved | dns | dns-by-tcp)
    # For the DNS it plays the name server, too.
    case $service in
    resolved) only 'passwd: files' 'group: files' 'hosts: resolve' ;;
    dns) echo 'nameserver 127.0.0.53' >/etc/resolv.conf ;;
    dns-by-tcp) printf '%s\n' 'nameserver 127.0.0.53' 'options use-vc' >/etc/resolv.conf ;;
    esac
    [ "$service" = resolved ] || only 'passwd: files' 'group: files' 'hosts: dns'
    accounts >>/etc/passwd
    groups >>/etc/group
    grep -q '^systemd-resolve:' /etc/passwd || echo 'systemd-resolve:x:994:994::/:/usr/sbin/nologin' >>/etc/passwd
    if [ "$running" = yes ]; then
        mkdir -p /run/systemd/resolve
        chown 994:994 /run/systemd/resolve
        /lib/systemd/systemd-resolved >/dev/null 2>&1 </dev/null &
        wait_for /run/systemd/resolve/io.systemd.Resolve
        for _ in $(seq 100); do getent hosts 127.0.0.1 >/dev/null && break; sleep 0.1; done
    else
        printf '%s\n' 'nameserver 127.0.0.99' 'options timeout:1 attempts:1' >/etc/resolv.conf
    fi
    inner=
    ;;
userdb)
    # Not a daemon: records in files that libnss-systemd reads (nss-systemd(8)).
    only 'passwd: systemd' 'group: systemd' 'hosts: files'
    # The module itself tells of no other groups unless a service of systemd's runs.
    echo 'AllowGroups labuser' >/etc/ssh/keysign.conf
    mkdir -p /etc/userdb
    if [ "$running" = yes ]; then
        echo '{"userName":"labuser","uid":4242,"gid":4242,"homeDirectory":"/","shell":"/bin/sh"}' >/etc/userdb/labuser.user
        echo '{"groupName":"labuser","gid":4242}' >/etc/userdb/labuser.group
        ln -s labuser.user /etc/userdb/4242.user
        ln -s labuser.group /etc/userdb/4242.group
    fi
    inner=
    ;;
esac

# In front of this shell's end, which ends the services (pid_namespaces(7)).
unshare -m sh -c "$inner exec setpriv --reuid 4242 --regid 4242 --groups 4343 $helper"
