#!/bin/sh
# machine.sh: the first process of the machine whose clock is set, for clock.sh. Its checks go to the console.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /run
mount -t tmpfs tmp /mnt

# Modules are looked for in lib/modules.
mkdir /mnt/lib
ln -s "$TOOLS/usr/lib/uml/modules" /mnt/lib/modules
ln -s "$TOOLS/bin/kmod" /mnt/modprobe
for module in nf_tables ipv6 dummy; do /mnt/modprobe -d /mnt "$module" || echo "no module $module"; done
ip link set lo up
ip link add eth0 type dummy
ip link set eth0 up
ip address add 192.0.2.1/24 dev eth0

store=/run/store
echo 'route 10.9.0.0/16 via 192.0.2.9' >/run/rules.weir

weir() {
    command=$1
    shift
    "$WEIR" "$command" --state-dir "$store" "$@" >/run/answer 2>&1
}
# The time since the machine was started, in seconds: nobody can set it.
uptime() { cut -d . -f 1 /proc/uptime; }
# set_clock DAYS: puts the clock forward, or back where there is a minus.
set_clock() { date --set "@$(($(date +%s) + $1 * 86400))" >/dev/null; }
is_made() { ip route | grep -q '^10\.9\.0\.0/16 '; }
is_settled() { [ -d "$store/txn" ] && [ -z "$(ls "$store/txn")" ]; }
is_taken_back() { ! is_made && is_settled; }
is_pending() { is_made && ! is_settled; }
answer_is() { [ "$1" = "$2" ] && grep -qE "$3" /run/answer; }
# check WHAT COMMAND...
check() {
    what=$1
    shift
    if "$@"; then echo "ok: $what"; else
        echo "NOT OK: $what"
        cat /run/answer
    fi
}
wait_until() {
    for tenth in $(seq 600); do ! "$@" || return 0; sleep 0.1; done
    return 1
}

for days in 4000 -9000; do
    began=$(uptime)
    weir apply --yes --confirm 8s /run/rules.weir
    set_clock $days
    sleep 3
    check "$days days in the window: the change still waits" is_pending
    wait_until is_taken_back
    took=$(($(uptime) - began))
    check "$days days in the window: rolled back" is_taken_back
    check "$days days in the window: after 8 s, not days: $took s" [ "$took" -ge 7 -a "$took" -le 20 ]
    weir confirm
    check "$days days in the window: too late to confirm" answer_is $? 22 'not confirmed in time'
done

for days in 4000 -9000; do
    weir apply --yes --confirm 1h /run/rules.weir
    set_clock $days
    weir status
    check "$days days before the question: an hour is left, less some seconds" answer_is $? 0 'it is rolled back in (1h|59m[0-9]+s)'
    weir confirm
    check "$days days before the answer: it is confirmed in time" answer_is $? 0 'is confirmed'
    check "$days days before the answer: it stays" is_made
    weir revert --yes
    check "$days days: the way back is there" is_taken_back
done

# Nobody watches: the next command has to know whether it is too late.
for days in 4000 -9000; do
    for window in 1h 2s; do
        weir apply --yes --confirm $window /run/rules.weir
        watchdog=$(cat "$store"/txn/*/watchdog)
        kill -KILL "$watchdog"
        set_clock $days
        sleep 3
        weir confirm
        status=$?
        case $window in
        1h) check "$days days and nobody watches: in time" answer_is $status 0 'is confirmed' ;;
        2s) check "$days days and nobody watches: too late" answer_is $status 22 'not confirmed in time' ;;
        esac
        weir revert --yes
        check "$days days and nobody watched: all is as before" is_taken_back
    done
done

echo end
echo o >/proc/sysrq-trigger
sleep 60
