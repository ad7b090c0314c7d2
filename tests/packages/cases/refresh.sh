# hostbased-refresh.service, by what it says, with what it leaves to a command: there is no systemd here to start it.

# What stands behind the `=` of a unit's line; the last counts.
of_unit() {
    sed -n "s/^$1=//p" "$2" | grep . | tail -n 1
}

# A host of this machine is registered, and scanned on port 22 of a network of its own.
registered_host() {
    dpkg -i "$(package hostbased)"
    unit=$(find /usr/lib/systemd/system -name hostbased-refresh.service)
    ip link set lo up
    mkdir -p /run/sshd
    /usr/sbin/sshd -o ListenAddress=127.0.0.1 -o PidFile=/run/sshd.pid
    hostbased enroll client.example.org,127.0.0.1 --names address $(printf -- ' --key-file %s' /etc/ssh/ssh_host_*_key.pub) \
        --allow special-address --yes
    cp /etc/ssh/ssh_known_hosts "$copies/registered"
}

# Another host key from now on.
change_key() {
    rm /etc/ssh/ssh_host_*_key*
    ssh-keygen -q -A
    kill -HUP "$(cat /run/sshd.pid)"
    for _ in $(seq 50); do
        ! ssh-keyscan -T 1 -t ed25519 127.0.0.1 2>/dev/null | grep -qF "$(cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub)" || return 0
        sleep 0.1
    done
    fail 'sshd has no new key'
}

# daily_look [TRACER...]: as DynamicUser, CapabilityBoundingSet, NoNewPrivileges and ProtectSystem=strict leave it.
daily_look() {
    local command status=0
    command=$(of_unit ExecStart "$unit")
    unshare --mount bash -c 'for folder in /usr /etc /var; do mount -o remount,ro,bind "$folder"; done
        exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs --reset-env "$@"' \
        daily_look "$@" $command >"$copies/told" 2>&1 || status=$?
    printf '%s' "$status"
}

case_the_daily_look_tells_and_has_no_rights() {
    expect 'its user' "$(of_unit DynamicUser "$REPOSITORY/packaging/systemd/hostbased-refresh.service")" yes
    registered_host
    status=$(daily_look)
    expect "the status ($(cat "$copies/told"))" "$status" 0
    change_key
    status=$(daily_look)
    expect "the status ($(cat "$copies/told"))" "$status" 1
    grep -q "$(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d ' ' -f 2)" "$copies/told" || fail "no fingerprint: $(cat "$copies/told")"
    cmp "$copies/registered" /etc/ssh/ssh_known_hosts || fail 'it was written'
    kill "$(cat /run/sshd.pid)"
}

# The drop-in for those who want it: what it leaves of root's rights suffices to write both files, and nothing else.
case_the_form_that_writes_can() {
    dropin=$REPOSITORY/packaging/systemd/refresh-writes.conf
    registered_host
    change_key
    local capabilities command
    expect 'its user' "$(of_unit User "$dropin")" root
    expect 'where it may write' "$(of_unit ReadWritePaths "$dropin")" /etc/ssh
    # CAP_CHOWN is +chown.
    capabilities=$(of_unit CapabilityBoundingSet "$dropin" | sed 's/CAP_/+/g; s/ /,/g' | tr '[:upper:]' '[:lower:]')
    command="$(of_unit ExecStart "$dropin") --accept-changed client.example.org"
    unshare --mount bash -c 'for folder in /usr /var; do mount -o remount,ro,bind "$folder"; done
        exec setpriv --inh-caps=-all --bounding-set="-all,$0" --no-new-privs --reset-env "$@"' "$capabilities" $command
    grep -qF "$(cut -d ' ' -f 2 /etc/ssh/ssh_host_ed25519_key.pub)" /etc/ssh/ssh_known_hosts || fail 'the new key is not there'
    expect 'whose file it is' "$(mode /etc/ssh/ssh_known_hosts)" "$(mode "$copies/registered")"
    kill "$(cat /run/sshd.pid)"
}
