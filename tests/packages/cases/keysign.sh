# The package hostbased-keysign.

case_keysign_is_installed_used_removed_and_purged() {
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    # Its settings and its log's counter are the package's, and go with it.
    printf 'Audit no\n' >/etc/ssh/keysign.conf
    mkdir /etc/ssh/keysign.keys.d
    expect_ours
    expect 'lines that no log took' "$(stat -c %a /run/keysign.unlogged)" 600
    dpkg -r hostbased-keysign
    expect_theirs
    [ -e /etc/ssh/keysign.conf ] || fail 'to remove is not to purge'
    dpkg -P hostbased-keysign
    expect_theirs
    same_as_before
}

case_keysign_is_purged_at_once() {
    dpkg -i "$(package hostbased-keysign)"
    dpkg -P hostbased-keysign
    expect_theirs
    same_as_before
}

case_keysign_is_installed_again_and_upgraded() {
    dpkg -i "$(package hostbased-keysign)"
    expect_ours # which makes the log's counter
    snapshot installed
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    same_as installed
    dpkg -i "$(package hostbased-keysign-next)"
    expect_ours
    expect 'the version' "$(dpkg-query --show --showformat '${Version}' hostbased-keysign)" 0.1.0-2
    # And back again.
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    dpkg -r hostbased-keysign
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    dpkg -P hostbased-keysign
    same_as_before
}

case_a_no_leaves_opensshs_helper_and_ours_without_the_bit() {
    answer false
    dpkg -i "$(package hostbased-keysign)"
    expect_theirs
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    expect 'ours signs for nobody' "$(self_test "$ours")" 'could not open any host key'
    dpkg -i "$(package hostbased-keysign-next)"
    expect_theirs
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    dpkg -P hostbased-keysign
    same_as_before
}

case_the_answer_can_be_changed() {
    dpkg -i "$(package hostbased-keysign)"
    answer false
    dpkg-reconfigure hostbased-keysign
    expect_theirs
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    expect 'no override' "$(dpkg-statoverride --list "$ours")" ''
    answer true
    dpkg-reconfigure hostbased-keysign
    expect_ours
    dpkg -P hostbased-keysign
    same_as_before
}

case_an_override_of_opensshs_helper_comes_back() {
    dpkg-statoverride --update --add root root 4711 "$place"
    snapshot
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    dpkg -i "$(package hostbased-keysign-next)"
    dpkg -P hostbased-keysign
    expect_theirs 4711
    same_as_before
}

case_whom_an_administrator_kept_from_opensshs_helper_gets_no_other() {
    dpkg-statoverride --update --add root staff 4750 "$place"
    snapshot
    dpkg -i "$(package hostbased-keysign)"
    expect 'the mode of ours' "$(mode "$ours")" 'root:staff 4750'
    dpkg -i "$(package hostbased-keysign-next)"
    expect 'the mode of the next' "$(mode "$ours")" 'root:staff 4750'
    answer false
    dpkg-reconfigure hostbased-keysign
    expect 'the mode of one without the bit' "$(mode "$ours")" 'root:root 755'
    dpkg -P hostbased-keysign
    same_as_before
}

case_what_lies_aside_already_is_left_alone() {
    printf 'of nobody\n' >"$aside"
    snapshot
    dpkg -i "$(package hostbased-keysign)" 2>"$copies/told"
    grep -qF "$aside is there already" "$copies/told" || fail "nobody was told: $(cat "$copies/told")"
    expect "the mode of OpenSSH's" "$(mode "$place")" 'root:root 4755'
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    dpkg -P hostbased-keysign
    same_as_before
}

case_a_helper_that_had_lost_its_bit_comes_back_without() {
    chmod 755 "$place"
    snapshot
    dpkg -i "$(package hostbased-keysign)"
    expect_ours
    dpkg -P hostbased-keysign
    expect_theirs 755
    same_as_before
}

case_an_override_of_ours_is_kept() {
    dpkg -i "$(package hostbased-keysign)"
    dpkg-statoverride --remove "$ours"
    dpkg-statoverride --update --add root root 4711 "$ours"
    dpkg -i "$(package hostbased-keysign-next)"
    expect_ours 4711
    dpkg -r hostbased-keysign
    expect 'still there' "$(dpkg-statoverride --list "$ours")" "root root 4711 $ours"
    dpkg -P hostbased-keysign
    same_as_before
}

# As SECURITY.md says it, "Installing it, and undoing that".
by_hand() {
    dpkg-statoverride --update --add root root 0755 "$place"
    dpkg-divert --local --rename --divert "$aside" --add "$place"
    dpkg --fsys-tarfile "$(package hostbased-keysign)" | tar -xO ./usr/lib/hostbased/keysign >"$place"
    chown root:root "$place"
    chmod 4755 "$place"
}

case_one_that_was_installed_by_hand_stays() {
    by_hand
    printf 'AllowUsers root\n' >/etc/ssh/keysign.conf
    snapshot
    dpkg -i "$(package hostbased-keysign)" 2>"$copies/told"
    grep -qF "$place is diverted by LOCAL already" "$copies/told" || fail "nobody was told: $(cat "$copies/told")"
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    expect 'the mode of his' "$(mode "$place")" 'root:root 4755'
    dpkg -P hostbased-keysign
    # His settings too: they can only forbid.
    same_as_before
}

case_what_was_undone_by_hand_stays_undone() {
    dpkg -i "$(package hostbased-keysign)"
    rm "$place"
    dpkg-divert --package hostbased-keysign --rename --remove "$place"
    dpkg-statoverride --remove "$place"
    chmod 4755 "$place"
    dpkg -i "$(package hostbased-keysign-next)"
    expect_theirs
    expect 'the mode of ours' "$(mode "$ours")" 'root:root 755'
    dpkg -P hostbased-keysign
    same_as_before
}

case_a_removal_that_is_given_up_puts_ours_back() {
    dpkg -i "$(package hostbased-keysign)"
    export DPKG_MAINTSCRIPT_PACKAGE=hostbased-keysign DPKG_MAINTSCRIPT_NAME=prerm
    /var/lib/dpkg/info/hostbased-keysign.prerm remove
    expect_theirs
    DPKG_MAINTSCRIPT_NAME=postinst /var/lib/dpkg/info/hostbased-keysign.postinst abort-remove
    expect_ours
}

# Each command that changes something fails once: it then goes on from there. On the way, no user can run two helpers.
case_what_is_interrupted_goes_on_from_there() {
    answer false
    dpkg -i "$(package hostbased-keysign)"
    mkdir "$copies/failing"
    for program in dpkg-divert dpkg-statoverride chmod chown mv ln rm mkdir; do
        cat >"$copies/failing/$program" <<END
#!/bin/sh
case "\$*" in *--list*) exec $(command -v "$program") "\$@" ;; esac
echo . >>$copies/calls
[ "\$(wc -l <$copies/calls)" -ne "\$FAILS" ] || exit 9
exec $(command -v "$program") "\$@"
END
        chmod 755 "$copies/failing/$program"
    done
    for direction in ours theirs; do
        FAILS=1
        while :; do
            if [ "$direction" = ours ]; then back=theirs; else back=ours; fi
            /usr/lib/hostbased/place-keysign "$back"
            "expect_$back"
            : >"$copies/calls"
            status=0
            FAILS=$FAILS PATH=$copies/failing:$PATH /usr/lib/hostbased/place-keysign "$direction" || status=$?
            if [ -u "$ours" ] && [ -L "$place" ] && [ -u "$aside" ]; then
                fail "both helpers can be run by users after call $FAILS of $direction"
            fi
            /usr/lib/hostbased/place-keysign "$direction"
            "expect_$direction"
            [ "$FAILS" -le "$(wc -l <"$copies/calls")" ] || break
            expect "call $FAILS of $direction" "$status" 9
            FAILS=$((FAILS + 1))
        done
        [ "$FAILS" -gt 4 ] || fail "$direction: only $FAILS calls"
    done
    /usr/lib/hostbased/place-keysign theirs
    dpkg -P hostbased-keysign
    same_as_before
}
