#!/bin/sh
# extract.sh DIRECTORY PACKAGE...: takes programs out of Debian packages without installing them. An ssh server that is installed
# starts, and ferm loads its own rules when the machine does.
set -e
target=$1
shift
mkdir -p "$target/packages"
cd "$target/packages"
for package in "$@"; do
    [ ! -e "$package.extracted" ] || continue
    apt-get download -qq -o APT::Sandbox::User=root "$package"
    dpkg-deb -x "$package"_*.deb ..
    touch "$package.extracted"
done
