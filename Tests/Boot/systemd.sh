#!/bin/sh
# systemd.sh WEIR WORK NAME: becomes the first process of a system that is made of namespaces; boot.sh starts it in them.
set -eu
weir=$1
work=$2
name=$3
tests=$(dirname "$0")
root=$work/root/system

mount --make-rprivate /
mount -t tmpfs none "$work/root"
mkdir "$work/root/upper" "$work/root/overlay" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/root/upper,workdir=$work/root/overlay" "$root"

# Of /proc/sys only the network is the system's own.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount --bind "$root/proc/sys/net" "$root/proc/sys/net"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
for directory in run tmp dev; do mount -t tmpfs -o mode=755 none "$root/$directory"; done
mkdir "$root/dev/shm" "$root/dev/pts" "$root/tmp/answers" "$root/former"
while read -r device major minor; do mknod -m 666 "$root/dev/$device" c "$major" "$minor"; done <<END
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
END
# A /dev of a unit's own is made after this one.
ln -s pts/ptmx "$root/dev/ptmx"
mount --bind "$work/$name" "$root/tmp/answers"

# Nothing starts but what is enabled below.
for directory in "$root/lib/systemd/system" "$root/etc/systemd/system"; do rm -rf "$directory"/*.target.wants; done
for unit in systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
: >"$root/etc/fstab"

install -D "$weir" "$root/usr/local/sbin/weir"
make --silent --directory "$tests/../.." install-units "DESTDIR=$root" PREFIX=/usr/local
rm -rf "$root/var/lib/weir"
cp -a "$work/store" "$root/var/lib/weir"
cp "$work/links" "$work/state" "$work/applied" "$work/heal.conf" "$work/rules.weir" "$work/unconfirmed.weir" "$root/tmp/"
[ ! -e "$work/$name.sh" ] || cp "$work/$name.sh" "$root/tmp/more.sh"
install -D -m 644 "$work/$name.conf" "$root/etc/systemd/system/weir.service.d/override.conf"

# What a network manager would do, some time after it may.
cat >"$root/etc/systemd/system/net.service" <<'END'
[Unit]
After=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -ec 'nft --stateless list ruleset >/tmp/answers/before-network; sleep 1; . /tmp/links'
[Install]
WantedBy=multi-user.target
END
cat >"$root/tmp/look.sh" <<'END'
# Until nothing is under way but this.
for second in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    [ "$(systemctl show --value --property=SubState weir-routes.service)" = running ] || break
    sleep 1
done
for unit in weir.service weir-routes.service weir-watch.service net.service; do
    echo "$unit $(systemctl show --value --property=ActiveState $unit) $(systemctl show --value --property=Result $unit)"
done >/tmp/answers/units
sh /tmp/state >/tmp/answers/state
[ ! -e /tmp/more.sh ] || sh /tmp/more.sh
systemctl stop weir.service
nft --stateless list ruleset >/tmp/answers/stopped
touch /tmp/answers/end
systemctl exit 0
END
cat >"$root/etc/systemd/system/look.service" <<'END'
[Unit]
After=net.service weir-routes.service
[Service]
Type=oneshot
ExecStart=/bin/sh /tmp/look.sh
[Install]
WantedBy=multi-user.target
END
# There is no journal here.
install -d "$root/etc/systemd/system/weir-watch.service.d"
printf '[Service]\nStandardOutput=file:/tmp/answers/watch\n' >"$root/etc/systemd/system/weir-watch.service.d/output.conf"
chroot "$root" systemctl enable weir.service weir-routes.service weir-watch.service net.service look.service
cd "$root"
pivot_root . former
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . /lib/systemd/systemd --system \
    --unit=multi-user.target --log-target=console --show-status=no
