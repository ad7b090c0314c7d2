# The packages as they are released, and what the tools of Debian, RPM and systemd say of them.

case_lintian_has_nothing_to_say() {
    expect 'findings' "$(lintian --pedantic --allow-root --suppress-tags running-with-root-privileges \
        "$(package hostbased)" "$(package hostbased-keysign)")" ''
}
