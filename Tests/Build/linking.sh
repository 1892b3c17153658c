#!/bin/sh
# linking.sh [--with-toolchain] PROGRAM...: wants programs that can be neither given a library by whoever can write to the directory
# that they are in, nor changed in what the dynamic linker has resolved.
#
# With --with-toolchain they may look for the libraries of Swift in a directory named from the root, as those do that are not installed.
set -eu

toolchain=no
if [ "$1" = --with-toolchain ]; then
    toolchain=yes
    shift
fi
failures=0
work=$(mktemp)
trap 'rm -f "$work"' EXIT
complain() {
    echo "linking: $program: $1" >&2
    failures=1
}

for program in "$@"; do
    dynamic=$(LC_ALL=C readelf --wide --dynamic "$program")
    segments=$(LC_ALL=C readelf --wide --segments "$program")
    echo "$dynamic" | sed -n 's/.*(R\(UN\)\?PATH).*\[\(.*\)\]$/\2/p' | tr ':' '\n' >"$work"
    # A path that is empty is the directory that somebody happens to be in.
    while read -r path; do
        case "$toolchain $path" in
        "yes /"*) ;;
        *) complain "looks for libraries in '$path'" ;;
        esac
    done <"$work"
    echo "$dynamic" | grep -Eq '\(FLAGS\).*BIND_NOW|\(FLAGS_1\).*NOW' || complain "is not linked as a whole when it starts (-z now)"
    echo "$segments" | grep -q GNU_RELRO || complain "has no segment that is made read-only (-z relro)"
    echo "$dynamic" | grep -q '(FLAGS_1).*PIE' || complain "has a fixed address (no PIE)"
    echo "$segments" | grep -Eq 'GNU_STACK.* RW ' || complain "has a stack that can be executed"
done
exit $failures
