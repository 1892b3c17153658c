#!/bin/sh
# clock.sh WEIR TOOLS: what becomes of a change that waits to be confirmed when somebody sets the clock. Nobody's own clock is set: a
# kernel that runs as a process (User-mode Linux) has one to itself.
#
# TOOLS is where the packages user-mode-linux and kmod were unpacked. The files of this machine are only read.
set -eu

weir=$(realpath "$1")
tools=$(realpath "$2")
tests=$(dirname "$(realpath "$0")")
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# The kernel hands words that it does not know on to the first process, as its environment.
timeout --signal KILL 240 "$tools/usr/bin/linux.uml" mem=256M rootfstype=hostfs rootflags=/ ro init="$tests/machine.sh" \
    con=null con0=null,fd:1 quiet WEIR="$weir" TOOLS="$tools" </dev/null >"$log" 2>&1 || true

grep -aE '^(ok|NOT OK): ' "$log" || true
if ! grep -aq '^end' "$log"; then
    cat "$log"
    echo "clock.sh: the machine did not come to the end" >&2
    exit 1
fi
! grep -aq '^NOT OK' "$log"
