#!/usr/bin/env bash
# Weir's main job, shown from beginning to end: demo.sh WEIR-BINARY
#
# Two hosts are made of network namespaces inside a mount namespace of their own: when this script ends, however it ends, the
# kernel takes everything away. The machine's own firewall and routes are never touched.
set -euo pipefail

[ "${WEIR_DEMO_INSIDE:-}" = 1 ] || PATH=$(dirname "$(realpath "$1")"):$PATH
cd "$(dirname "$0")/../.."
rules=rules/lecture/homework.weir

if [ "${WEIR_DEMO_INSIDE:-}" != 1 ]; then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(--map-root-user)
    export WEIR_DEMO_INSIDE=1
    exec unshare "${as_root[@]}" --net --mount --pid --fork --kill-child --mount-proc bash Tests/Demo/demo.sh "$@"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mount -t tmpfs tmpfs /run
state=$work/state

step() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
show() { printf '\033[1m$ %s\033[0m\n' "$*"; "$@"; }
on_client() { ip netns exec client "$@"; }
everything() {
    nft list ruleset
    ip -4 route show table all
    ip -6 route show table all
    ip -4 rule
    ip -6 rule
}

step "Two hosts: this one (192.0.2.1 on eth0) and a client (192.0.2.2)"
ip link set lo up
ip netns add client
ip link add eth0 type veth peer name eth0 netns client
ip address add 192.0.2.1/24 dev eth0
ip link set eth0 up
on_client ip address add 192.0.2.2/24 dev eth0
on_client ip link set eth0 up
# The kernel makes an IPv6 address of its own for the link, and its route, when it has found no other host that has it.
for _ in $(seq 100); do
    ip -6 address show dev eth0 scope link -tentative | grep -q inet6 && break
    sleep 0.1
done
everything >"$work/before"
show cat "$rules"

step "What would change?"
show weir plan "$rules" --state-dir "$state"

step "Change it"
show weir apply "$rules" --yes --state-dir "$state"
show nft list table inet weir

step "A server on port 27664 writes what it receives to a file; a client connects to port 21"
tcpdump -i eth0 -Z root --immediate-mode -w "$work/homework.pcap" -U tcp >"$work/tcpdump.log" 2>&1 &
capture=$!
for _ in $(seq 50); do grep -q listening "$work/tcpdump.log" && break; sleep 0.1; done
nc -l -p 27664 -N </dev/null >"$work/received.txt" &
server=$!
for _ in $(seq 50); do ss -Hltn 'sport = :27664' | grep -q . && break; sleep 0.1; done
echo "Hello from the client, sent to port 21" | on_client nc -N -w 5 192.0.2.1 21
wait "$server"
sleep 0.3
kill -INT "$capture"
wait "$capture" || true
show cat "$work/received.txt"
grep -qx "Hello from the client, sent to port 21" "$work/received.txt"

step "The capture (pcap) shows port 21 on the wire"
packets="tcp[tcpflags] & (tcp-syn|tcp-push) != 0"
show tcpdump -Z root -nr "$work/homework.pcap" "$packets" 2>"$work/tcpdump.log"
tcpdump -Z root -nr "$work/homework.pcap" "dst port 21 and $packets" 2>/dev/null | grep -q ' > 192.0.2.1.21: '

step "Apply it again: nothing is to do"
show weir apply "$rules" --yes --state-dir "$state"

step "Take everything back"
show weir revert --yes --state-dir "$state"
everything >"$work/after"
if diff "$work/before" "$work/after"; then
    echo "nft list ruleset, ip route and ip rule are as before."
else
    echo "This host is not as it was before." >&2
    exit 1
fi
