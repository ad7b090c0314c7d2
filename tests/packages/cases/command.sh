# The package hostbased.

case_the_command_is_installed_used_removed_and_purged() {
    dpkg -i "$(package hostbased)"
    case $(as_user hostbased --version) in 'hostbased '*) ;; *) fail 'no version' ;; esac
    # Every command has its page, and completions in the shell's own place.
    for page in $(hostbased man --dir "$copies" && ls "$copies" | sed -n 's/\.8$//p'); do
        [ -e "/usr/share/man/man8/$page.8.gz" ] || fail "no page $page"
    done
    [ "$(ls /usr/share/man/man8/hostbased* | wc -l)" -gt 20 ] || fail 'pages are missing'
    rm -f "$copies"/*.8
    bash -c '. /usr/share/bash-completion/completions/hostbased && complete -p hostbased' || fail 'bash does not complete it'
    grep -q '^#compdef hostbased' /usr/share/zsh/vendor-completions/_hostbased || fail 'zsh does not complete it'
    [ -s /usr/share/fish/vendor_completions.d/hostbased.fish ] || fail 'fish does not complete it'
    # The timer is there, and off.
    unit=$(find /usr/lib/systemd/system -name hostbased-refresh.timer)
    expect 'one timer' "$(wc -w <<<"$unit")" 1
    expect 'nothing is enabled' "$(find /etc/systemd /var/lib/systemd -name '*hostbased*' -type l 2>/dev/null)" ''
    # One that somebody has enabled goes with the package.
    # As `systemctl enable` does it.
    mkdir -p /etc/systemd/system/timers.target.wants
    ln -s "$unit" /etc/systemd/system/timers.target.wants/hostbased-refresh.timer
    dpkg -r hostbased
    [ ! -e /usr/bin/hostbased ] || fail 'it is left'
    dpkg -P hostbased
    same_as_before
}

case_both_packages_stand_beside_each_other() {
    dpkg -i "$(package hostbased)" "$(package hostbased-keysign)"
    expect_ours
    dpkg -P hostbased
    expect_ours
    dpkg -P hostbased-keysign
    expect_theirs
    same_as_before
}

case_setup_leaves_the_packages_helper_to_the_package() {
    dpkg -i "$(package hostbased)" "$(package hostbased-keysign)"
    rm -f /etc/ssh/ssh_config
    printf 'Include /etc/ssh/ssh_config.d/*.conf\n' >/etc/ssh/ssh_config
    hostbased setup client --server '*.example.org' --yes
    expect_ours
    expect 'a second run' "$(hostbased setup client --server '*.example.org' --helper ours --yes | grep -c '^written')" 0
    expect_ours
    hostbased setup client --undo --yes | tee "$copies/told"
    grep -q 'is ours, of the package hostbased-keysign, and stays' "$copies/told" || fail 'nobody is told'
    expect 'the self-test' "$(self_test "$place")" 'ssh-keysign not enabled in /etc/ssh/ssh_config'
    expect 'ours stands there' "$(readlink "$place")" "$ours"
    dpkg -P hostbased hostbased-keysign
    expect "the mode of OpenSSH's" "$(mode "$place")" 'root:root 4755'
    expect 'no diversion' "$(dpkg-divert --listpackage "$place")" ''
}
