# Runs as process 1 of a machine of a pair, in namespaces of its own: see machine.rs. Its environment: NAME, the machine's
# host name; HELPERS, the folder in which the stock ssh looks for its helper; COMMAND, our command. Ends when its standard
# input does, and the whole machine with it.
set -eu

# /proc is still that of the machine below, so this is our process id as the test sees it.
read -r pid _ </proc/self/stat
mount -t proc proc /proc
hostname "$NAME"

# Everything that can be written to is here, and not nosuid, so that the helper's bit counts.
mount -t tmpfs -o mode=755 tmpfs /run
cd /run
mkdir -p sshd lock pair/etc/ssh pair/home pair/var pair/bin pair/work-var pair/work-bin
mkdir -m 700 pair/root
mkdir -m 1777 pair/tmp
cp -a "$HELPERS" pair/helpers

# An /etc of what the programs need to run at all; the rest is written by the test.
for file in ld.so.cache ld.so.conf ld.so.conf.d localtime crypto-policies debian_version; do
    [ ! -e "/etc/$file" ] || cp -a "/etc/$file" pair/etc/
done

mount -t overlay -o lowerdir=/var,upperdir=pair/var,workdir=pair/work-var overlay /var
mount -t overlay -o lowerdir=/usr/local/bin,upperdir=pair/bin,workdir=pair/work-bin overlay /usr/local/bin
touch /usr/local/bin/hostbased
mount --bind "$COMMAND" /usr/local/bin/hostbased
mount --bind pair/helpers "$HELPERS"
for folder in etc home root tmp; do
    mount --bind "pair/$folder" "/$folder"
done

echo "$pid"
# Not exec: as process 1 it must take care of those whose parents have ended.
cat
