#!/bin/sh
# kernel.sh DIRECTORY VERSION: unpacks a kernel of Debian's into DIRECTORY, and prints the folder that has it: its `version`, `vmlinuz`,
# and `modules.cpio` with the modules that networking needs. Nothing is installed.
#
# VERSION is the beginning of a version (6.12: the newest 6.12 that there is; 6.12-first: the oldest), or `newest`.
#
# The packages come from the mirror that this machine's apt has, whichever release it is; apt's lists of other releases are kept in
# DIRECTORY, for a day.
set -eu
directory=$(realpath "$1")
wanted=$2
tools=$directory/tools/root

fail() { echo "kernel.sh: $*" >&2; exit 1; }
[ "$(dpkg --print-architecture)" = amd64 ] || fail "only machines of amd64 are known here"

mkdir -p "$directory/apt/lists/partial" "$directory/apt/cache/archives/partial" "$directory/apt/none"

# sources: the releases that have kernels which are worth trying, of the mirrors that this machine uses itself.
sources() {
    apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sort -u | while read -r uri suite; do
        case $suite in
        *-security) echo security "$uri" ;;
        *-updates | *-backports) ;;
        *) echo main "$uri" ;;
        esac
    done | grep -E ' \S*/debian(-security)?/$' | sort -u | while read -r kind uri; do
        case $kind in
        main) suites='bookworm bookworm-backports trixie trixie-backports' ;;
        security) suites='bullseye-security bookworm-security trixie-security' ;;
        esac
        for suite in $suites; do
            echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $uri $suite main"
        done
    done
}

# Other settings of this machine's apt (a proxy, say) hold; what it does after an update is its own affair.
cat >"$directory/apt/apt.conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::lists "$directory/apt/lists";
Dir::Cache "$directory/apt/cache";
Dir::Etc::sourcelist "$directory/apt/sources.list";
Dir::Etc::sourceparts "$directory/apt/none";
Acquire::Languages "none";
APT::Sandbox::User "root";
END
if [ -z "$(find "$directory/apt/updated" -mtime -1 2>/dev/null)" ]; then
    sources >"$directory/apt/sources.list"
    [ -s "$directory/apt/sources.list" ] || fail "apt of this machine names no mirror of Debian: see 'apt-get indextargets'"
    apt-get -c "$directory/apt/apt.conf" -qq update >&2 || fail "apt cannot read the lists of other releases"
    touch "$directory/apt/updated"
fi

# offered: each kernel as VERSION PACKAGE, in order.
offered() {
    apt-cache -c "$directory/apt/apt.conf" search --names-only --full '^linux-image-[0-9].*-cloud-amd64$' |
        awk '/^Package:/ { package = $2 } /^Version:/ { version = $2; sub("-.*", "", version) } /^$/ { print version, package }' |
        sort -V
}
case $wanted in
newest) found=$(offered | tail -n 1) ;;
*-first) found=$(offered | awk -v prefix="${wanted%-first}." 'index($1 ".", prefix) == 1' | head -n 1) ;;
*) found=$(offered | awk -v prefix="$wanted." 'index($1 ".", prefix) == 1' | tail -n 1) ;;
esac
[ -n "$found" ] || fail "no kernel $wanted is offered; these are: $(offered | cut -d ' ' -f 1 | tr '\n' ' ')"
version=${found% *}
package=${found#* }

target=$directory/$version
if [ ! -e "$target/modules.cpio" ]; then
    echo "unpacking Linux $version" >&2
    rm -rf "$target" "$target.unpacked"
    mkdir -p "$target" "$target.unpacked"
    release=${package#linux-image-}
    # From 6.19 on kernel, modules, and lists of what is built in are in packages of their own.
    packages=$(apt-cache -c "$directory/apt/apt.conf" pkgnames linux- | grep -xF "$(printf 'linux-%s\n' "image-$release" \
        "base-$release" "binary-$release" "modules-$release")")
    for package in $packages; do
        (cd "$target" && apt-get -c "$directory/apt/apt.conf" download -qq "$package") >&2
        dpkg-deb -x "$target/${package}"_*.deb "$target.unpacked"
        rm "$target/${package}"_*.deb
    done
    cp "$(find "$target.unpacked" -name 'vmlinuz*' -type f)" "$target/vmlinuz"
    modules=$(find "$target.unpacked" -type d -path "*/lib/modules/$release")
    root=$target.unpacked/root
    mkdir -p "$root/lib/modules/$release/kernel/drivers/net"
    cp "$modules"/modules.* "$root/lib/modules/$release/"
    for part in net lib crypto arch; do
        [ ! -e "$modules/kernel/$part" ] || cp -R "$modules/kernel/$part" "$root/lib/modules/$release/kernel/"
    done
    for module in dummy veth tun ifb vrf macvlan; do
        find "$modules/kernel/drivers/net" -name "$module.ko*" -exec cp {} "$root/lib/modules/$release/kernel/drivers/net/" \;
    done
    # What unpacks them in the guest would have to be there, and would be slow.
    find "$root" -name '*.ko.xz' -exec xz -d {} +
    find "$root" -name '*.ko.zst' -exec zstd -q -d --rm {} +
    # The program is the one that it is called as; the package's link is an absolute one.
    ln -s "$tools/bin/kmod" "$target.unpacked/depmod"
    LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu "$target.unpacked/depmod" -b "$root" "$release"
    (cd "$root" && find . | "$tools/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$target/modules.partial"
    echo "$version" >"$target/version"
    mv "$target/modules.partial" "$target/modules.cpio"
    rm -rf "$target.unpacked"
fi
echo "$target"
