#!/bin/sh
# run.sh VERSION SCRIPT [ARGUMENT...]: boots a kernel in QEMU (no KVM is needed, nothing is installed, no network) and runs SCRIPT in it.
#
#   Tests/Kernels/run.sh 6.1 Tests/Kernels/split.py
#   Tests/Kernels/run.sh newest my-script.sh --for 10s
#
# VERSION    the beginning of a version that some release of Debian has (6.1: the newest 6.1 there is; 6.12-first: the oldest 6.12),
#            or `newest`. Kernels are taken once and kept.
# SCRIPT     a program, in sh or python3. It is called as SCRIPT /job/weir [ARGUMENT...] by root, in the folder /job, where beside it
#            are: weir, docs/, rules/, Tests/Kernels/, Tests/IntegrationTests/. All files are in memory. There are nft, ip, tc, ss, unshare, nsenter, python3,
#            and busybox's programs; only `lo` exists, and modules are loaded as they are needed (`modprobe dummy` for a device).
#
# What it says goes to standard output, as it says it; the exit status is its own, or 125 if the guest did not come to the script's end:
# then the console's last lines go to standard error.
#
# Environment: WEIR, the program (.build/release/weir); TIMEOUT, seconds for all of it (1800); KERNELS, the folder of what is kept
# (.build/kernels); APPEND, more for the kernel's command line; MEMORY (2G).
set -eu
tests=$(dirname "$(realpath "$0")")
package=$(realpath "$tests/../..")
version=$1
script=$(realpath "$2")
shift 2
weir=$(realpath "${WEIR:-$package/.build/release/weir}")
mkdir -p "${KERNELS:-$package/.build/kernels}"
directory=$(realpath "${KERNELS:-$package/.build/kernels}")
tools=$directory/tools/root

# One at a time makes what is kept.
exec 8>"$directory/lock"
flock 8
"$tests/tools.sh" "$directory"
kernel=$("$tests/kernel.sh" "$directory" "$version")
flock -u 8

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 125' HUP INT TERM

job=$work/root/job
mkdir -p "$job/Tests"
cp "$weir" "$job/weir"
cp -R "$package/docs" "$package/rules" "$job/"
cp -R "$tests" "$package/Tests/IntegrationTests" "$job/Tests/"
case $script in
"$tests"/*) place=./Tests/Kernels/${script##*/} ;;
*) place=./${script##*/} && cp "$script" "$job/" ;;
esac
install "$tests/init.sh" "$work/root/init"
ldd "$weir" | grep -o '/[^ ]*' | while read -r library; do install -D "$library" "$work/root/usr/$library"; done
# quoted WORD: the word as a shell reads it back.
quoted() { printf "'%s' " "$(printf %s "$1" | sed "s/'/'\\\\''/g")"; }
{
    quoted "$place"
    quoted /job/weir
    for argument in "$@"; do quoted "$argument"; done
} >"$job/command"
(cd "$work/root" && find . | "$tools/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$work/job.cpio"
cat "$directory/base.cpio" "$kernel/modules.cpio" "$work/job.cpio" >"$work/initrd"
rm -rf "$work/root" "$work/job.cpio"

LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu timeout --kill-after 5 "${TIMEOUT:-1800}" \
    "$tools/usr/bin/qemu-system-x86_64" -L "$tools/usr/share/qemu" -L "$tools/usr/share/seabios" \
    -nodefaults -no-user-config -display none -monitor none -no-reboot \
    -M q35 -accel tcg,thread=multi -cpu max -smp 2 -m "${MEMORY:-2G}" \
    -kernel "$kernel/vmlinuz" -initrd "$work/initrd" \
    -append "console=ttyS0 panic=-1 quiet mitigations=off random.trust_cpu=on ${APPEND:-}" \
    -serial "file:$work/console" -serial stdio </dev/null || true

status=$(sed -n 's/\r//; s/^guest ended with \([0-9]*\)$/\1/p' "$work/console")
if [ -z "$status" ]; then
    tail -n 40 "$work/console" >&2
    echo "run.sh: the guest with Linux $version did not come to the end of $script" >&2
    exit 125
fi
exit "$status"
