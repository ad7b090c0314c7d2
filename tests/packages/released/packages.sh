# The packages as they are released, and what the tools of Debian, RPM and systemd say of them.

case_lintian_has_nothing_to_say() {
    # The set-uid bit is none of them: postinst gives it.
    expect 'findings' "$(lintian --pedantic "$(package hostbased)" "$(package hostbased-keysign)" 2>&1 |
        grep -v 'running with root privileges')" ''
}

# Of a release by cargo-deb, what the test of every change makes of the same table is told apart by nothing but tools.
case_both_ways_to_make_a_package_put_the_same_into_it() {
    for name in hostbased hostbased-keysign; do
        manifest=$REPOSITORY/Cargo.toml
        [ "$name" = hostbased ] || manifest=$REPOSITORY/keysign-helper/Cargo.toml
        "$here/assemble" "$manifest" "$TARGET/release" 0.1.0-1 "$copies/$name.deb"
        for deb in "$(package "$name")" "$copies/$name.deb"; do
            dpkg --fsys-tarfile "$deb" | tar -t --verbose --numeric-owner | awk '!/\/$/ { print $1, $2, $6 }' | sort >"$copies/list"
            dpkg-deb --ctrl-tarfile "$deb" | tar -t --verbose | awk '!/\/$/ { print $1, $6 }' | grep -v md5sums | sort >>"$copies/list"
            cp "$copies/list" "$copies/list.$(basename "$(dirname "$deb")")"
        done
        diff -u "$copies/list.packages" "$copies/list.$(basename "$copies")" || fail "$name differs"
    done
}

# As on RHEL and Fedora, where another package has the helper. rpm's database is a copy, too.
case_rpms_are_installed_used_and_erased() {
    touch /etc/fedora-release
    rpm --import /dev/null 2>/dev/null || true
    snapshot
    rpm --install --nodeps --force-debian "$PACKAGES"/hostbased-0*.rpm "$PACKAGES"/hostbased-keysign-0*.rpm | tee "$copies/told"
    grep -q 'keysign(8), INSTALLATION' "$copies/told" || fail 'nobody is told how to go on'
    expect 'changes' "$(rpm --verify --nodeps hostbased hostbased-keysign)" ''
    case $(as_user hostbased --version) in 'hostbased '*) ;; *) fail 'no version' ;; esac
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 4711'
    mkdir -p /usr/libexec/openssh
    ln -sfn "$ours" /usr/libexec/openssh/ssh-keysign
    expect 'the self-test' "$(self_test /usr/libexec/openssh/ssh-keysign)" 'ssh-keysign: ssh_msg_recv failed'
    [ -e /usr/share/man/man8/keysign.8.gz ] && [ -e /usr/lib/systemd/system/hostbased-refresh.timer ] || fail 'files are missing'
    expect 'nothing is enabled' "$(find /etc/systemd -name '*hostbased*')" ''
    rpm --erase --force-debian hostbased hostbased-keysign
    [ ! -L /usr/libexec/openssh/ssh-keysign ] || fail 'a link leads nowhere'
    rm -rf /run/keysign.unlogged
    left=$(find /usr /etc /var/lib -xdev -name '*hostbased*' -newer "$copies/told" -not -path '/var/lib/dpkg/*')
    expect 'files that are left' "$left" ''
}

case_systemd_takes_the_units_and_finds_them_safe() {
    dpkg -i "$(package hostbased)"
    folder=$(dirname "$(find /usr/lib/systemd/system -name hostbased-refresh.timer)")
    expect 'findings' "$(systemd-analyze verify "$folder"/hostbased-refresh.{service,timer} 2>&1 | grep hostbased)" ''
    # 1.3 of 10: it needs the network.
    systemd-analyze security --offline=true --threshold=14 "$folder/hostbased-refresh.service"
    # The form that writes is a drop-in.
    mkdir -p "$copies/units/hostbased-refresh.service.d"
    cp "$folder/hostbased-refresh.service" "$copies/units/"
    cp /usr/share/doc/hostbased/examples/refresh-writes.conf "$copies/units/hostbased-refresh.service.d/"
    expect 'findings' "$(systemd-analyze verify "$copies/units/hostbased-refresh.service" 2>&1 | grep hostbased)" ''
}

# The members of a group of system calls, those of the groups in it too (systemd.exec(5), SystemCallFilter).
group() {
    local member
    for member in $(systemd-analyze syscall-filter "@$1" | sed '1d; s/#.*//'); do
        case $member in @*) group "${member#@}" ;; *) printf '%s\n' "$member" ;; esac
    done
}

case_the_daily_look_asks_for_nothing_that_the_filter_refuses() {
    registered_host
    expect 'the filter' "$(sed -n 's/^SystemCallFilter=//p' "$unit" | tr '\n' ' ')" '@system-service ~@privileged @resources '
    # But for the limit on open files, which the unit sets itself.
    { group system-service | sort -u | comm -23 - <({ group privileged; group resources; } | sort -u); printf 'prlimit64\n'; } |
        sort >"$copies/allowed"
    install -d -o nobody "$copies/trace"
    expect 'the status' "$(daily_look strace -f -o "$copies/trace/calls")" 0
    sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$copies/trace/calls" | sort -u >"$copies/asked"
    [ "$(wc -l <"$copies/asked")" -gt 20 ] || fail "only these calls: $(cat "$copies/asked")"
    expect 'calls that the filter refuses' "$(comm -23 "$copies/asked" "$copies/allowed")" ''
    kill "$(cat /run/sshd.pid)"
}
