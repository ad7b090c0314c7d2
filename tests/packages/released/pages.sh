# The manual pages, as man(1) shows them.

case_no_page_makes_man_complain() {
    dpkg -i "$(package hostbased)" "$(package hostbased-keysign)"
    count=0
    for page in /usr/share/man/man8/hostbased*.8.gz /usr/share/man/man8/keysign.8.gz /usr/share/man/man5/keysign.conf.5.gz; do
        expect "complaints about $page" "$(zcat "$page" | MANWIDTH=80 man --warnings --encoding=UTF-8 --local-file - 2>&1 >"$copies/shown")" ''
        for section in NAME SYNOPSIS DESCRIPTION 'SEE ALSO'; do
            grep -q "^$section" "$copies/shown" || fail "$page has no $section"
        done
        count=$((count + 1))
    done
    [ "$count" -gt 22 ] || fail "only $count pages"
}
