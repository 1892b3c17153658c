#!/bin/sh
# boot.sh WEIR: a real systemd boots in namespaces of its own, with the units as 'make install' ships them and a store that was
# filled before. What the kernel has before a network manager starts, and what it has in the end, is compared with what was applied.
#
# It needs root and cgroup v2. The file system is an overlay that is thrown away; of the machine's own nothing is changed.
set -eu

weir=$(realpath "$1")
tests=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
group=$(findmnt --noheadings --types cgroup2 --output TARGET | head -n 1)/weir-boot-$$

finish() {
    [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

links() {
    cat <<'END'
ip link set lo up
ip link add eth0 type veth peer name eth0-peer
ip link add vpn0 type veth peer name vpn0-peer
ip link set eth0 up
ip link set eth0-peer up
ip link set vpn0 up
ip link set vpn0-peer up
ip address add 192.0.2.1/24 dev eth0
END
}

state() {
    cat <<'END'
nft --stateless list ruleset
ip route
ip rule
cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/eth0/rp_filter
END
}

# The host before the boot.
cat >"$work/rules.weir" <<'END'
policy in drop
in {
    accept ct state established,related
    accept on lo
    accept on eth0 tcp dport 22
}
route 10.9.0.0/16 dev vpn0
route 10.8.0.0/16 via 192.0.2.9
rule from 10.1.0.0/16 lookup 100 priority 1000
sysctl net.ipv4.ip_forward = 1
sysctl net.ipv4.conf.eth0.rp_filter = 2
END
links >"$work/links"
state >"$work/state"
# It had a boot of its own.
cat /proc/sys/kernel/random/uuid >"$work/boot_id"
former="mount --bind '$work/boot_id' /proc/sys/kernel/random/boot_id; . '$work/links'"
unshare --net --mount sh -c "$former; '$weir' apply --yes --state-dir '$work/store' '$work/rules.weir' >/dev/null
    sh '$work/state' >'$work/applied'; nft --stateless list ruleset >'$work/applied-table'"
sed 's/^policy in drop/policy in accept/' "$work/rules.weir" >"$work/unconfirmed.weir"
# Nobody confirms this one, and nobody rolls it back: the machine is lost.
unshare --net --pid --fork --kill-child --mount-proc sh -c "$former
    '$weir' apply --yes --confirm 1h --state-dir '$work/store' '$work/unconfirmed.weir' >/dev/null"

# boot NAME: starts systemd with what is in $work/NAME.conf as an addition to weir.service; its answers come to $work/NAME.
boot() {
    mkdir -p "$work/$1" "$work/root" "$group"
    touch "$work/$1.conf"
    # In a group of its own it may make groups.
    sh -c 'echo $$ >"$0/cgroup.procs"; shift
        exec timeout --signal KILL 90 unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child "$@"' \
        "$group" - sh "$tests/systemd.sh" "$weir" "$work" "$1" >"$work/$1/log" 2>&1 || true
    [ -e "$work/$1/end" ] || { cat "$work/$1/log"; echo "boot.sh: $1: systemd did not come to the end" >&2; exit 1; }
}

failures=0
# expect WHAT WANTED FILE: wants a file to be like another one.
expect() {
    if diff "$2" "$3"; then echo "ok: $1"; else echo "NOT OK: $1" >&2; failures=1; fi
}
# unit NAME BOOT WANTED: wants a unit to have a result.
unit() {
    echo "$3" >"$work/wanted"
    grep "^$1 " "$work/$2/units" | cut -d ' ' -f 2- >"$work/found"
    expect "$2: $1 is $3" "$work/wanted" "$work/found"
}
: >"$work/nothing"

# What happens behind the boot: a change that nobody confirms, whose watchdog, a service of systemd's own, is killed; a rule that somebody
# else adds; and with --heal a table, a route and a setting that somebody else takes away.
cat >"$work/sound.sh" <<'END'
watchdog() { systemctl list-units --plain --no-legend 'weir-watchdog-*'; }
# until COMMAND...: waits for it to succeed.
until_it() {
    for tenth in $(seq 200); do ! "$@" || return 0; sleep 0.1; done
    echo "in vain: $*" >>/tmp/answers/behind
}
settled() { [ -z "$(ls /var/lib/weir/txn)" ]; }
healed() { sh /tmp/state | cmp -s - /tmp/applied; }
told() { grep -q 'tcp dport 4711.*by nft' /tmp/answers/watch; }

: >/tmp/answers/behind
weir apply --yes --confirm 4s /tmp/unconfirmed.weir >/dev/null
nft --stateless list ruleset >/tmp/answers/changed
watchdog | sed 's/weir-watchdog-[0-9]*-[0-9]*/weir-watchdog/' | cut -d ' ' -f 1-4 >/tmp/answers/watchdog
systemctl kill --signal=KILL "$(watchdog | cut -d ' ' -f 1)"
until_it settled
sh /tmp/state >/tmp/answers/taken-back
nft add rule inet weir input tcp dport 4711 accept
until_it told
weir apply --yes /tmp/rules.weir >/dev/null
cp /tmp/heal.conf /etc/systemd/system/weir-watch.service.d/
systemctl daemon-reload
systemctl restart weir-watch.service
nft delete table inet weir
ip route del 10.9.0.0/16
echo 0 >/proc/sys/net/ipv4/ip_forward
until_it healed
sh /tmp/state >/tmp/answers/healed
END
# What the unit's comment says for whoever wants that.
sed -n '/^\[Unit\]/q; /systemctl edit/d; s/^#   //p' "$tests/../../systemd/weir-watch.service" |
    sed 's|@PREFIX@|/usr/local|' >"$work/heal.conf"
boot sound
expect "sound: the firewall is there before the network" "$work/applied-table" "$work/sound/before-network"
expect "sound: in the end all is as it was applied and confirmed" "$work/applied" "$work/sound/state"
expect "sound: stopping takes nothing away" "$work/applied-table" "$work/sound/stopped"
unit weir.service sound "active success"
unit weir-routes.service sound "active success"
unit weir-watch.service sound "active success"
expect "sound: what is waited for behind the boot comes" "$work/nothing" "$work/sound/behind"
sed 's/policy drop/policy accept/' "$work/applied-table" >"$work/wanted"
expect "sound: a change that waits to be confirmed is made" "$work/wanted" "$work/sound/changed"
echo "weir-watchdog.service loaded active running" >"$work/wanted"
expect "sound: its watchdog is a service" "$work/wanted" "$work/sound/watchdog"
expect "sound: it is rolled back, though its watchdog was killed" "$work/applied" "$work/sound/taken-back"
expect "sound: with --heal what others take away is put back" "$work/applied" "$work/sound/healed"

printf '\377' | dd of="$work/store/gen/1" bs=1 seek=20 conv=notrunc status=none
boot damaged
expect "damaged: the host is left as it is" "$work/nothing" "$work/damaged/before-network"
unit weir.service damaged "failed exit-code"
unit net.service damaged "active success"

cat >"$work/closed.conf" <<END
[Service]
ExecStart=
$(sed -n 's/^#   \(ExecStart=.*--fail-closed.*\)/\1/p' "$tests/../../systemd/weir.service" | sed 's|@PREFIX@|/usr/local|')
END
boot closed
echo 'tcp dport 22 counter packets 0 bytes 0 accept comment "ssh"' >"$work/wanted"
grep -o 'tcp dport .*' "$work/closed/before-network" >"$work/found" || true
sed -i 's/ counter packets 0 bytes 0//; s/ counter//' "$work/wanted" "$work/found"
expect "closed: only ssh is let in before the network is there" "$work/wanted" "$work/found"
unit weir.service closed "failed exit-code"
exit $failures
