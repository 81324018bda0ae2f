#!/bin/sh
# For developers, as root: proves both commands on a bare machine. Makes a minimal Debian 12 in a temporary folder,
# puts a clean copy of the checkout in, runs the commands there and tells what they took. Needs debootstrap.
#
#   sh tests/chroot.sh [-k] [COMMAND...]
#
# Without COMMANDs: the demo, the demo again, the default tests. With -k the chroot stays, to look into.
# BARE=FILE.tar keeps the bare system between runs; MIRROR=URL names another mirror than the machine's own.
set -eu
cd -- "$(dirname -- "$0")/.."

keep=
if [ "${1-}" = -k ]; then
  keep=yes
  shift
fi
[ "$(id -u)" -eq 0 ] || { echo 'needs root' >&2; exit 1; }
command -v debootstrap >/dev/null || { echo 'needs debootstrap: apt-get install debootstrap' >&2; exit 1; }
if [ $# -eq 0 ]; then
  set -- 'sh scenarios/demo.sh' 'sh scenarios/demo.sh' 'sh tests/run.sh'
fi

place=$(mktemp -d "${TMPDIR:-/tmp}/reformsim-chroot.XXXXXX")
bare=$place/bare
clean_up() {
  trap '' INT TERM
  # Only what was mounted here; and nothing is deleted while the mount could not be undone.
  if mountpoint -q "$bare/proc"; then umount "$bare/proc" || return; fi
  if [ -n "$keep" ]; then
    echo "Kept: $bare"
  else
    rm -rf --one-file-system "$place"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The machine's mirror and proxy, so that the chroot reaches Debian the same way.
own=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -v '^[[:space:]]*#' | grep -Eo 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ' || true)
mirror=${MIRROR:-${own:-http://deb.debian.org/debian}}

start=$(date +%s)
mkdir "$bare"
if [ -n "${BARE-}" ] && [ -e "$BARE" ]; then
  tar -C "$bare" -xpf "$BARE"
else
  echo "debootstrap from $mirror"
  debootstrap --variant=minbase bookworm "$bare" "$mirror" >"$place/debootstrap.log" 2>&1 ||
    { tail "$place/debootstrap.log" >&2; exit 1; }
  cat >"$bare/etc/apt/sources.list" <<END
deb $mirror bookworm main
deb $mirror bookworm-updates main
deb ${mirror%/}-security bookworm-security main
END
  apt-config dump | grep -i '^Acquire::https\{0,1\}::Proxy ' >"$bare/etc/apt/apt.conf.d/90proxy" || true
  if [ -n "${BARE-}" ]; then tar -C "$bare" -cpf "$BARE" .; fi
fi
cp /etc/resolv.conf "$bare/etc/resolv.conf"
mount -t proc proc "$bare/proc"
echo "Bare Debian ready in $(($(date +%s) - start)) s"

# A clean copy: what a commit of everything here would hold, in a folder with a space, without .git.
inside='/root/a clone'
mkdir "$bare$inside"
git -c safe.directory='*' ls-files -z --cached --others --exclude-standard |
  tar --null --ignore-failed-read -T - -cf - | tar -C "$bare$inside" -xf -

for command in "$@"; do
  start=$(date +%s)
  printf '\n$ %s\n' "$command"
  status=0
  chroot "$bare" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    sh -c "cd '$inside' && $command" </dev/null || status=$?
  printf '(code %s, %s s)\n' "$status" "$(($(date +%s) - start))"
  [ "$status" -eq 0 ] || exit "$status"
done
