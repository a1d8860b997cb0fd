#!/usr/bin/env bash
# Installs moodpi on a Raspberry Pi (or any 64-bit Debian) as a service that starts at boot, or
# upgrades it. Each version lives in a folder of its own under /opt/moodpi and `current` leads to
# the one in use: what does not work here is thrown away and the one before goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=/opt/moodpi
player= music= wheels= extras= dry=

usage() {
    cat <<'TEXT'
usage: sudo ./install.sh [--player print|mpd|mpv] [--music DIR] [--with EXTRA,...] [--wheels DIR] [--dry-run]

  --player P     what plays the music: print (only prints it), mpd or mpv
  --music DIR    where your music is, for mpd and mpv
  --with E,...   extras: onnx, web, mqtt
  --wheels DIR   install from these wheels, without the network
  --dry-run      show what would be done and do nothing
TEXT
}

fail() { printf 'install.sh: %s\n' "$1" >&2; exit "${2:-1}"; }
say() { printf -- '- %s\n' "$1"; }
# Says a command's purpose and runs it, or only shows it.
do_it() {
    local why=$1
    shift
    say "$why: $*"
    [ -n "$dry" ] || "$@"
}

while [ $# -gt 0 ]; do
    case $1 in
        --player | --music | --with | --wheels)
            [ $# -gt 1 ] || fail "$1 needs a value" 2
            case $1 in
                --player) player=$2 ;;
                --music) music=$2 ;;
                --with) extras=$2 ;;
                --wheels) wheels=$2 ;;
            esac
            shift 2 ;;
        --dry-run) dry=1; shift ;;
        -h | --help) usage; exit 0 ;;
        *) fail "unknown option '$1': see ./install.sh --help" 2 ;;
    esac
done

ask() {
    local question=$1 answer
    read -r -p "$question " answer </dev/tty
    printf '%s' "$answer"
}
if [ -z "$player" ] && [ -t 0 ] && [ -z "$dry" ] && [ ! -e /etc/moodpi/moodpi.toml ]; then
    player=$(ask "What shall play the music: print, mpd or mpv? [print]")
    if [ -n "$player" ] && [ "$player" != print ] && [ -z "$music" ]; then
        music=$(ask "Where is the music? [/var/lib/mpd/music]")
    fi
fi
player=${player:-print}

# What would stop it is found out before anything is changed.
case $player in print | mpd | mpv) ;; *) fail "no player '$player': expected print, mpd or mpv" 2 ;; esac
[ -n "$dry" ] || [ "$(id -u)" = 0 ] || fail "it changes the system: run it with sudo"
[ "$(getconf LONG_BIT)" = 64 ] || fail "this is a 32-bit system: flash the 64-bit Raspberry Pi OS"
case $(uname -m) in aarch64 | x86_64) ;; *) fail "no build for $(uname -m): expected aarch64 or x86_64" ;; esac
command -v systemctl >/dev/null || fail "there is no systemd here: use a virtual environment and \`moodpi run\`"
command -v python3 >/dev/null || fail "there is no python3: apt-get install python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old: expected 3.11 or later (Raspberry Pi OS Bookworm)"
[ -z "$music" ] || [ -d "$music" ] || fail "--music $music: no such folder" 2
[ -z "$wheels" ] || compgen -G "$wheels/moodpi-*.whl" >/dev/null || fail "--wheels $wheels: no moodpi-*.whl in it" 2

# apt brings what the system must: its own picamera2, built with its libcamera, and the player.
wanted=()
want() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || wanted+=("$1"); }
want python3-venv
[ -z "$(apt-cache show python3-picamera2 2>/dev/null)" ] || want python3-picamera2
[ "$player" = print ] || want "$player"
if [ ${#wanted[@]} -gt 0 ]; then
    do_it "what only the system can bring" apt-get install -y -q --no-install-recommends "${wanted[@]}" ||
        fail "apt-get could not bring ${wanted[*]}: is there a network? nothing was changed"
fi

# The new version, complete, beside the one that runs.
version=$(date +%Y%m%d-%H%M%S)
new=$root/$version
work=$(mktemp -d)
discard() { rm -rf "$work"; [ -n "$dry" ] || [ "$(readlink -f $root/current 2>/dev/null)" = "$new" ] || rm -rf "$new"; rmdir $root 2>/dev/null || true; }
trap discard EXIT
names=$extras
[ "$player" = print ] || names="$player${extras:+,$extras}"
do_it "an environment that also sees the system's picamera2" python3 -m venv --system-site-packages "$new"
pip=("$new/bin/python" -m pip --disable-pip-version-check --quiet install)
if [ -z "$dry" ]; then
    # The numpy that picamera2 was built with stays, whatever else asks for.
    python3 -c 'import numpy; print(f"numpy=={numpy.__version__}")' >"$work/constraints" 2>/dev/null || : >"$work/constraints"
fi
if [ -n "$wheels" ]; then
    do_it "moodpi and what it needs" "${pip[@]}" --no-index --find-links "$wheels" -c "$work/constraints" "moodpi${names:+[$names]}" ||
        fail "the wheels in $wheels do not suffice: nothing was changed"
else
    # From a copy: building leaves nothing in your checkout.
    [ -n "$dry" ] || tar -C "$here" --exclude=.git --exclude='.venv*' -cf - . | tar -C "$work" --one-top-level=source -xf -
    do_it "moodpi and what it needs" "${pip[@]}" -c "$work/constraints" "$work/source${names:+[$names]}" ||
        fail "pip could not install it: is there a network? nothing was changed"
fi

before=$(readlink -f $root/current 2>/dev/null || true)
do_it "does it work here" "$new/bin/moodpi" doctor || fail "the new version does not work here: see above; ${before:+the one before goes on}${before:-nothing was changed}"
do_it "from now on it is this one" ln -sfn "$new" "$root/current"
options=(--player "$player")
[ -z "$music" ] || options+=(--music "$music")
back() {
    if [ -n "$before" ]; then
        ln -sfn "$before" "$root/current"
        systemctl restart moodpi.service || true
        rm -rf "$new"
        fail "the new version did not start: the one before runs again"
    fi
    fail "the service did not start: \`journalctl -u moodpi\` says why"
}
if [ -n "$dry" ]; then
    say "the service: moodpi service install ${options[*]}"
    exit 0
fi
"$new/bin/moodpi" service install "${options[@]}" || back

# It must be up, and stay up.
for _ in 1 2 3; do
    sleep 1
    systemctl is-active --quiet moodpi.service || back
done
for old in "$root"/2*; do
    [ "$old" = "$new" ] || [ "$old" = "$before" ] || rm -rf "$old"
done
say "done: \`systemctl status moodpi\` and \`journalctl -fu moodpi\` show it at work, /etc/moodpi/moodpi.toml configures it"
