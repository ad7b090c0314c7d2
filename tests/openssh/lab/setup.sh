# Runs as process 1 of a lab, in namespaces of its own: see lab/mod.rs. Its environment: HELPER, the helper under test;
# HELPER_PLACE, where the stock ssh looks for one; COMMAND, our command. Ends when its standard input does, and the whole
# lab with it.
set -eu

# /proc is still the machine's, so this is our process id as the test sees it.
read -r pid _ </proc/self/stat
mount -t proc proc /proc

hostname node1.cluster.test
ip link set lo up
ip address add 10.77.0.1/32 dev lo
ip address add 10.77.0.2/32 dev lo
ip address add fd77::1/128 dev lo nodad
# Who talks to the server comes from the client's address, as if there were two machines.
ip route replace local 10.77.0.2 dev lo src 10.77.0.1 table local

mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/lab /run/lab/etc /run/lab/home /run/sshd
touch /run/lab/hostbased
# Copied here and not by the test: what a test has open for writing, the children that its other threads are starting
# have open too, for a moment, and then it cannot be run ("Text file busy").
cp "$HELPER" /run/lab/keysign
chmod 4711 /run/lab/keysign
mount --bind "$COMMAND" /run/lab/hostbased

# An /etc of what the programs need to run at all; the rest is written by the test.
for file in ld.so.cache ld.so.conf ld.so.conf.d localtime crypto-policies; do
    [ ! -e "/etc/$file" ] || cp -a "/etc/$file" /run/lab/etc/
done
mkdir /run/lab/etc/ssh
mount --bind /run/lab/etc /etc
mount --bind /run/lab/home /home
# tmpfs without nosuid, so that the bit counts.
mount --bind /run/lab/keysign "$HELPER_PLACE"

echo "$pid"
exec cat
