# hostbased-keysign, when the package of OpenSSH comes and goes. These need that package.

openssh() {
    needs "$(package openssh-client)" 'the package openssh-client, which apt fetches'
    dpkg --force-depends -i "$(package openssh-client)"
}

case_an_upgrade_of_openssh_leaves_ours_in_place() {
    dpkg -i "$(package hostbased-keysign)"
    openssh
    expect_ours
    [ -e "$aside" ] || fail "OpenSSH's own is gone"
    expect 'ssh runs ours' "$(readlink "$place")" "$ours"
    dpkg -P hostbased-keysign
    expect_theirs
}

case_openssh_is_absent_and_comes_later() {
    dpkg --force-depends -r openssh-client
    [ ! -e "$place" ] || fail "$place is there"
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    openssh
    expect_ours
    [ -e "$aside" ] || fail "OpenSSH's own is not there"
    dpkg -P hostbased-keysign
    expect_theirs
}

case_openssh_goes_before_ours() {
    dpkg -i "$(package hostbased-keysign)"
    dpkg --force-depends -r openssh-client
    expect_ours
    [ ! -e "$aside" ] || fail "OpenSSH's own is still there"
    dpkg -P hostbased-keysign
    [ ! -e "$place" ] || fail "$place is left"
    expect 'no override' "$(dpkg-statoverride --list "$place")" ''
    openssh
    expect_theirs
}
