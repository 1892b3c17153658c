#!/bin/sh
# tools.sh DIRECTORY: makes what all guests share: below DIRECTORY/tools/root QEMU, busybox and kmod out of Debian packages that are
# not installed, and DIRECTORY/base.cpio, the files of the guest: busybox, modprobe, and this machine's nft, ip and python3.
set -eu
tests=$(dirname "$(realpath "$0")")
mkdir -p "$1/tools/root"
directory=$(realpath "$1")
tools=$directory/tools/root
libraries=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu

fail() { echo "tools.sh: $*" >&2; exit 1; }

if [ ! -e "$directory/tools/complete" ]; then
    # What of it is installed here is not downloaded: it is looked for below.
    needed=$(apt-get install --no-install-recommends --print-uris -qq --reinstall qemu-system-x86 busybox-static kmod libkmod2 |
        awk '{ sub("_.*", "", $2); print $2 }')
    [ -n "$needed" ] || fail "apt does not know qemu-system-x86, busybox-static and kmod: 'apt-get update' first"
    "$tests/../Peers/extract.sh" "$tools" $needed
    touch "$directory/tools/complete"
fi

if [ ! -e "$directory/base.cpio" ]; then
    root=$directory/base
    rm -rf "$root"
    mkdir -p "$root"
    for folder in bin sbin lib lib64; do
        mkdir -p "$root/usr/$folder"
        ln -s "usr/$folder" "$root/$folder"
    done
    for folder in proc sys dev run tmp root etc job var; do mkdir "$root/$folder"; done

    # libraries_of FILE...: adds the libraries that programs need.
    libraries_of() {
        LD_LIBRARY_PATH=$libraries ldd "$@" 2>/dev/null | grep -o '\s/[^ :]*' | sort -u | while read -r library; do
            case $library in
            "$tools"/*) [ -e "$root/lib/${library##*/}" ] || install -D "$library" "$root/lib/${library##*/}" ;;
            *) [ -e "$root$library" ] || install -D "$library" "$root$library" ;;
            esac
        done
    }
    # add PROGRAM TARGET: adds a program with its libraries.
    add() {
        install -D "$1" "$root$2"
        libraries_of "$1"
    }
    add "$tools/bin/busybox" /bin/busybox
    for applet in $("$tools/bin/busybox" --list); do
        [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
    done
    # Its own shell would prefer its own programs.
    rm -f "$root/bin/sh" "$root/bin/modprobe"
    add "$(realpath /bin/sh)" /bin/sh
    add "$tools/bin/kmod" /sbin/modprobe
    for program in nft ip ss tc unshare nsenter; do
        path=$(PATH=$PATH:/usr/sbin:/sbin command -v $program) || fail "$program is missing: make setup"
        rm -f "$root/bin/$program"
        add "$path" "/sbin/$program"
    done
    # Debian's own, if there are several.
    python=$(PATH=/usr/bin:$PATH command -v python3)
    add "$(realpath "$python")" /usr/bin/python3
    library=$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
    mkdir -p "$root$library"
    tar -C "$library" -c --exclude test --exclude tests --exclude idlelib --exclude lib2to3 --exclude ensurepip \
        --exclude pydoc_data --exclude distutils --exclude dist-packages --exclude site-packages --exclude 'config-*' \
        --exclude '_ssl.*' --exclude '_hashlib.*' --exclude '_sqlite3.*' --exclude 'readline.*' --exclude '_curses*' \
        --exclude '_*dbm.*' --exclude '_tkinter*' . | tar -C "$root$library" -x
    libraries_of "$root$library"/lib-dynload/*.so
    for file in passwd group protocols services iproute2 nsswitch.conf; do
        [ ! -e "/etc/$file" ] || cp -RL "/etc/$file" "$root/etc/"
    done
    (cd "$root" && find . | "$tools/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$directory/base.partial"
    mv "$directory/base.partial" "$directory/base.cpio"
    rm -rf "$root"
fi
