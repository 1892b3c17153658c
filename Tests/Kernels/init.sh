#!/bin/sh
# init.sh: the first process of a guest; run.sh puts it there. The console is the log of the guest; what the script says goes to the
# second serial port.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH HOME=/root LC_ALL=C.UTF-8
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts pts /dev/pts
for folder in /dev/shm /run /tmp /var; do mount -t tmpfs tmp $folder; done
exec </dev/null >/dev/ttyS0 2>&1
echo /sbin/modprobe >/proc/sys/kernel/modprobe
echo 4 >/proc/sys/kernel/printk
mkdir -p /run/netns
ip link set lo up
stty -F /dev/ttyS1 raw -echo
cd /job
. ./command >/dev/ttyS1 2>&1
echo "guest ended with $?"
# What is on its way through the serial port comes first.
stty -F /dev/ttyS1 >/dev/null
poweroff -f
