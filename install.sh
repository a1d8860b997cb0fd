#!/usr/bin/env bash
# Installs moodpi on a Raspberry Pi (or any 64-bit Debian) as a service that starts at boot, or
# upgrades it. Each version lives in a folder of its own under /opt/moodpi and `current` leads to
# the one in use: what does not work here is thrown away and the one before goes on.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=/opt/moodpi
configuration=/etc/moodpi/moodpi.toml
player= music= wheels= extras= dry=

usage() {
    cat <<'TEXT'
usage: sudo ./install.sh [--player print|mpd|mpv] [--music DIR] [--with EXTRA,...] [--wheels DIR] [--dry-run]

  --player P     what plays the music: print (only prints it), mpd or mpv
  --music DIR    where your music is, for mpd and, which cannot do without, mpv
  --with E,...   extras: onnx, web, mqtt
  --wheels DIR   install from these wheels, without the network
  --dry-run      show what would be done and do nothing

An upgrade keeps the configuration, and the player and extras of before unless you name others.
TEXT
}

fail() { printf 'install.sh: %s\n' "$1" >&2; exit "${2:-1}"; }
say() { printf -- '- %s\n' "$1"; }
# Says a command's purpose and runs it, or only shows it; what it says itself counts if it fails.
do_it() {
    local why=$1
    shift
    say "$why: $*"
    [ -n "$dry" ] || "$@" >"$work/said" 2>&1
}
# The last error of the command that has just failed.
reason() { grep -E '^ *(ERROR|E): ' "$work/said" | tail -n 1 | sed 's/^ *//' || tail -n 1 "$work/said"; }

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
if [ -z "$player" ] && [ -t 0 ] && [ ! -e $configuration ]; then
    player=$(ask "What shall play the music: print, mpd or mpv? [print]")
    if [ -n "$player" ] && [ "$player" != print ] && [ -z "$music" ]; then
        music=$(ask "Where is the music? [none yet]")
        # What a shell would have done with it.
        music=${music/#\~/$(getent passwd "${SUDO_USER:-root}" | cut -d: -f6)}
    fi
fi

# What would stop it is found out before anything is changed.
case ${player:-print} in print | mpd | mpv) ;; *) fail "no player '$player': expected print, mpd or mpv" 2 ;; esac
for extra in ${extras//,/ }; do
    case $extra in
        onnx | web | mqtt | mpd | mpv | tflite-runtime | catalog | train | convert) ;;
        *) fail "no extra '$extra': expected onnx, web, mqtt" 2 ;;
    esac
done
[ -n "$dry" ] || [ "$(id -u)" = 0 ] || fail "it changes the system: run it with sudo"
[ "$(getconf LONG_BIT)" = 64 ] || fail "this is a 32-bit system: flash the 64-bit Raspberry Pi OS"
case $(uname -m) in aarch64 | x86_64) ;; *) fail "no build for $(uname -m): expected aarch64 or x86_64" ;; esac
command -v systemctl >/dev/null || fail "there is no systemd here: use a virtual environment and \`moodpi run\`"
command -v python3 >/dev/null || fail "there is no python3: apt-get install python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old: expected 3.11 or later (Raspberry Pi OS Bookworm)"
# What the configuration that is there says of its player; nothing where there is none, or a wrong one.
configured() {
    python3 -c 'import sys, tomllib
player = tomllib.load(open(sys.argv[1], "rb")).get("player", {})
print(player.get(sys.argv[2]) or "")' $configuration "$1" 2>/dev/null || true
}
plays=${player:-$(configured kind)}
[ "$plays" != mpv ] || [ -n "$music$(configured music)" ] || fail "mpv plays files: say --music DIR, the folder they are in" 2
[ -z "$music" ] || [ -d "$music" ] || fail "--music $music: no such folder" 2
[ -z "$wheels" ] || compgen -G "$wheels/moodpi-*.whl" >/dev/null || fail "--wheels $wheels: no moodpi-*.whl in it" 2

# The new version, complete, beside the one that runs.
new=$root/$(date +%Y%m%d-%H%M%S)
before=$(readlink -f $root/current 2>/dev/null || true)
work=$(mktemp -d)
discard() {
    rm -rf "$work"
    [ -n "$dry" ] || [ "$(readlink -f $root/current 2>/dev/null)" = "$new" ] || rm -rf "$new"
    rmdir $root 2>/dev/null || true
}
trap discard EXIT

# apt brings what only the system can: its own picamera2, built with its libcamera, and the player.
wanted=()
want() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || wanted+=("$1"); }
# An image as it was flashed does not know yet what there is; a source that fails is not ours to mend.
[ -n "$wheels" ] || do_it "what apt has" apt-get update -q || true
want python3-venv
[ -z "$(apt-cache show python3-picamera2 2>/dev/null)" ] || want python3-picamera2
case $plays in mpd) want mpd; want mpc ;; mpv) want mpv ;; esac
if [ ${#wanted[@]} -gt 0 ]; then
    do_it "what only the system can bring" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${wanted[@]}" ||
        fail "apt-get could not bring ${wanted[*]}: is there a network? nothing was changed ($(reason))"
fi

extras=${extras:-$(cat "$before/extras" 2>/dev/null || true)}
names=$extras
case $plays in mpd | mpv) names=$plays${extras:+,$extras} ;; esac
do_it "an environment that also sees the system's picamera2" python3 -m venv --system-site-packages "$new" ||
    fail "python3 -m venv failed: nothing was changed ($(reason))"
pip=("$new/bin/python" -m pip --disable-pip-version-check --quiet install)
if [ -z "$dry" ]; then
    printf '%s' "$extras" >"$new/extras"
    # The numpy that picamera2 was built with stays, whatever else asks for.
    python3 -c 'import numpy; print(f"numpy=={numpy.__version__}")' >"$work/constraints" 2>/dev/null || : >"$work/constraints"
fi
if [ -n "$wheels" ]; then
    do_it "moodpi and what it needs" "${pip[@]}" --no-index --find-links "$wheels" -c "$work/constraints" "moodpi${names:+[$names]}" ||
        fail "the wheels in $wheels do not suffice: nothing was changed ($(reason))"
else
    # From a copy: building leaves nothing in your checkout.
    [ -n "$dry" ] || tar -C "$here" --exclude=.git --exclude='.venv*' --exclude=./build -cf - . | tar -C "$work" --one-top-level=source -xf -
    do_it "moodpi and what it needs" "${pip[@]}" -c "$work/constraints" "$work/source${names:+[$names]}" ||
        fail "pip could not install it: is there a network? nothing was changed ($(reason))"
fi

say "does it work here: $new/bin/moodpi doctor"
[ -n "$dry" ] || "$new/bin/moodpi" doctor ||
    fail "the new version does not work here: see above; $([ -n "$before" ] && echo "the one before goes on" || echo "nothing was changed")"
do_it "from now on it is this one" ln -sfn "$new" "$root/current"
options=()
[ -z "$player" ] || options+=(--player "$player")
[ -z "$music" ] || options+=(--music "$music")
[ -n "$dry" ] || [ ! -e $configuration ] || cp -p $configuration "$work/configuration"
back() {
    [ -n "$before" ] || fail "the service did not start: \`journalctl -u moodpi\` says why"
    [ ! -e "$work/configuration" ] || cp -p "$work/configuration" $configuration
    ln -sfn "$before" "$root/current"
    # With the unit of that version.
    "$before/bin/moodpi" service install >"$work/said" 2>&1 || true
    rm -rf "$new"
    systemctl is-active --quiet moodpi.service ||
        fail "the new version did not start, and the one before neither: \`journalctl -u moodpi\` says why"
    fail "the new version did not start: the one before runs again"
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
say "done: \`systemctl status moodpi\` and \`journalctl -fu moodpi\` show it at work, $configuration configures it"
