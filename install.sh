#!/bin/bash -p
# Installs or upgrades moodpi as a service that starts at boot, on a Raspberry Pi or any 64-bit
# Debian. Each version has its own folder under /opt/moodpi; the link `current` points to the one in
# use. If a new version does not work, the script removes it and the previous version keeps running.
set -euo pipefail

# This script runs as root. It runs only programs of the system and of the new version: with a known
# PATH, without the caller's environment, and outside of the caller's folder, in which Python and
# other programs would look for their files.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset CDPATH
script=${BASH_SOURCE[0]}
clean=("PATH=$PATH" HOME=/root LC_ALL=C.UTF-8)
for name in TERM SUDO_USER {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY; do
    [ -z "${!name:-}" ] || clean+=("$name=${!name}")
done
others=
while IFS= read -r -d '' variable; do
    for known in "${clean[@]}"; do [ "$variable" != "$known" ] || continue 2; done
    case $variable in PWD=* | SHLVL=* | _=*) ;; *) others=1 ;; esac
done < <(env -0)
[ -z "$others" ] || exec env -i "${clean[@]}" /bin/bash -p -- "$script" "$@"
umask 022
# A command substitution removes trailing newlines; the dot protects those of a folder's name.
caller=$(pwd -P && printf .) || caller=
caller=${caller%$'\n.'}
case $script in */*) here=${script%/*}/ ;; *) here=. ;; esac
here=$(cd -- "$here" && pwd -P && printf .)
here=${here%$'\n.'}
cd /

root=/opt/moodpi
configuration=/etc/moodpi/moodpi.toml
player='' music='' server='' password='' password_file='' page='' wheels='' extras='' dry_run=''

usage() {
    cat <<'TEXT'
usage: sudo ./install.sh [--player print|mpd|mpv|subsonic] [--music DIR]
           [--server URL] [--password-file FILE]
           [--page home|this-machine|off] [--with EXTRA,...] [--wheels DIR] [--dry-run]

  --player P     the player: print (only print the tracks), mpd, mpv or subsonic
  --music DIR    the folder with your music, optional for mpd, required for mpv
  --server URL   the Subsonic server with your user name: http://me@music.local:4533
  --password-file FILE   a file with your password on that server
  --page P       who may open the page: home (with a token), this-machine or off
  --with E,...   extras: onnx, web, mqtt, heif
  --wheels DIR   install from these wheels, without a network
  --dry-run      print the steps and change nothing

An upgrade keeps the configuration, and the player and extras unless you name others. It renames
the keys of an older version in the configuration and keeps a backup.
TEXT
}

# A value of the caller in a message: quoted if it has unusual characters.
shown() { printf '%q' "$1"; }
fail() { printf 'install.sh: %s\n' "$1" >&2; exit "${2:-1}"; }
print_step() { printf -- '- %s\n' "$1"; }
# Prints the purpose of a command and runs it, unless --dry-run. Its output goes to a file.
run_step() {
    local purpose=$1
    shift
    print_step "$purpose: $*"
    [ -n "$dry_run" ] || "$@" >"$work/output" 2>&1
}
# The last error in the output of the command that failed.
reason() { grep -E '^ *(ERROR|E): ' "$work/output" | tail -n 1 | sed 's/^ *//' || tail -n 1 "$work/output"; }

while [ $# -gt 0 ]; do
    case $1 in
        --player | --music | --server | --password-file | --page | --with | --wheels)
            [ $# -gt 1 ] || fail "$1 needs a value" 2
            case $1 in
                --player) player=$2 ;;
                --music) music=$2 ;;
                --server) server=$2 ;;
                --password-file) password_file=$2 ;;
                --page) page=$2 ;;
                --with) extras=$2 ;;
                --wheels) wheels=$2 ;;
            esac
            shift 2 ;;
        --dry-run) dry_run=1; shift ;;
        -h | --help) usage; exit 0 ;;
        *) fail "unknown option '$(shown "$1")': see ./install.sh --help" 2 ;;
    esac
done

# A path becomes part of a unit, the configuration and commands. Sets the variable $2 to it, absolute.
check_path() {
    local option=$1 name=$2 path=${!2}
    case $path in '' | /*) ;; *) path=$caller/$path ;; esac
    case $path in
        *[[:cntrl:]\"\'\\]*) fail "$option$(shown "$path"): expected a path without quotes, backslashes and control characters" 2 ;;
    esac
    printf -v "$name" %s "$([ -z "$path" ] || realpath -ms -- "$path")"
}
person=${SUDO_USER:-root}
case $person in
    -* | *[!A-Za-z0-9._-]*) fail "SUDO_USER $(shown "$person"): expected a user name of letters, digits, '.', '_' and '-'" 2 ;;
esac
getent passwd "$person" >/dev/null || fail "SUDO_USER $person: no such user"
check_path '' here
[ -e "$here/pyproject.toml" ] || fail "$here is not moodpi's folder: run the install.sh in it" 2

ask() {
    local question=$1 answer
    read -r -p "$question " answer </dev/tty
    printf '%s' "$answer"
}
if [ -z "$player" ] && [ -t 0 ] && [ ! -e $configuration ]; then
    player=$(ask "Which player: print, mpd, mpv or subsonic? [print]")
    if [ "$player" = subsonic ]; then
        server=$(ask "Which address, with your user name, such as http://me@music.local:4533?")
        # It stays in this shell: other users see the arguments of programs.
        read -r -s -p "Your password on that server? " password </dev/tty
        echo
    elif [ -n "$player" ] && [ "$player" != print ] && [ -z "$music" ]; then
        music=$(ask "Folder with your music? [none]")
        # `read` does not expand ~.
        music=${music/#\~/$(getent passwd "$person" | cut -d: -f6)}
    fi
    [ -n "$page" ] || page=$(ask "Who may open the page: home, this-machine or off? [off]")
fi

# Check everything before the first change.
check_path '--music ' music
check_path '--wheels ' wheels
check_path '--password-file ' password_file
case ${player:-print} in print | mpd | mpv | subsonic) ;; *) fail "unknown player '$(shown "$player")': expected print, mpd, mpv or subsonic" 2 ;; esac
case ${page:-off} in home | this-machine | off) ;; *) fail "unknown page '$(shown "$page")': expected home, this-machine or off" 2 ;; esac
[[ $extras =~ ^[a-z,-]*$ ]] || fail "unknown extra '$(shown "$extras")': expected onnx, web, mqtt or heif" 2
for extra in ${extras//,/ }; do
    case $extra in
        onnx | web | mqtt | heif | mpd | mpv | tflite-runtime | catalog | train | convert) ;;
        *) fail "unknown extra '$extra': expected onnx, web, mqtt or heif" 2 ;;
    esac
done
[ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || fail "the installation requires root: run it with sudo"
[ "$(getconf LONG_BIT)" = 64 ] || fail "this system is 32-bit: install the 64-bit Raspberry Pi OS"
case $(uname -m) in aarch64 | x86_64) ;; *) fail "unsupported processor $(uname -m): expected aarch64 or x86_64" ;; esac
command -v systemctl >/dev/null || fail "systemd is missing: use a virtual environment and \`moodpi run\`"
command -v python3 >/dev/null || fail "python3 is missing: apt-get install python3"
python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old: expected 3.11 or later (Raspberry Pi OS Bookworm)"
# A setting in the existing configuration; empty if it is not set or the file is invalid.
configured() {
    python3 -I -c 'import sys, tomllib
section = tomllib.load(open(sys.argv[1], "rb")).get(sys.argv[2], {})
print(section.get(sys.argv[3]) or "")' $configuration "$1" "$2" 2>/dev/null || true
}
kind=${player:-$(configured player kind)}
[ "$kind" != mpv ] || [ -n "$music$(configured player music)" ] || fail "mpv plays local files: add --music DIR, the folder with the files" 2
case $server in
    '') [ "$player" != subsonic ] || [ -n "$(configured player subsonic)" ] || fail "subsonic plays the songs of a server: add --server URL and --password-file FILE" 2 ;;
    *://*:*@*) fail "--server: expected an address without a password: give it with --password-file" 2 ;;
    http://?*@?* | https://?*@?*) [ -n "$password$password_file" ] || fail "the server requires a password: add --password-file FILE" 2 ;;
    *) fail "--server $(shown "$server"): expected an address such as http://me@music.local:4533" 2 ;;
esac
[ -z "$server" ] || [ "$player" = subsonic ] || fail "--server is for the player subsonic: add --player subsonic" 2
[ -z "$password_file" ] || [ -e "$password_file" ] || fail "--password-file $password_file: no such file" 2
[ -z "$music" ] || [ -d "$music" ] || fail "--music $music: no such folder" 2
[ -z "$wheels" ] || compgen -G "$wheels/moodpi-*.whl" >/dev/null || fail "--wheels $wheels: no moodpi-*.whl in this folder" 2

# The code in these folders runs as root. Warn if somebody else can change it.
warn_if_shared() {
    local folder=$1 file owners=(-user root -o -user "$person") groups=(-group root)
    ! getent group "$person" >/dev/null || groups+=(-o -group "$person")
    file=$(find "$folder" -xdev \( -name .git -o -name '.venv*' -o -path "$folder/build" \) -prune -o ! -type l \( \
        ! \( "${owners[@]}" \) -o -perm -0002 -o -perm -0020 ! \( "${groups[@]}" \) \) -print -quit)
    while [ -z "$file" ] && [ "$folder" != / ]; do
        folder=$(dirname "$folder")
        file=$(find "$folder" -maxdepth 0 -perm -0002 ! -perm -1000)
    done
    [ -z "$file" ] || printf 'install.sh: warning: other users can change %s, and its code runs as root\n' "$(shown "$file")" >&2
}
warn_if_shared "${wheels:-$here}"

# Install the new version next to the running one.
new=$root/$(date +%Y%m%d-%H%M%S)
previous=$(readlink -f $root/current 2>/dev/null || true)
work=$(mktemp -d)
clean_up() {
    rm -rf "$work"
    [ -n "$dry_run" ] || [ "$(readlink -f $root/current 2>/dev/null)" = "$new" ] || rm -rf "$new"
    rmdir $root 2>/dev/null || true
}
trap clean_up EXIT
if [ -n "$password" ]; then
    password_file=$work/password
    printf '%s\n' "$password" >"$password_file"
fi

# From apt: the player, FFmpeg, which decodes songs to analyze, and picamera2, which must match the
# system's libcamera.
packages=()
require_package() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed' || packages+=("$1"); }
# A fresh image has no package lists. A failing package source is not an error here.
[ -n "$wheels" ] || run_step "update the package lists" apt-get update -q || true
require_package python3-venv
[ -z "$(apt-cache show python3-picamera2 2>/dev/null)" ] || require_package python3-picamera2
case $kind in mpd) require_package mpd; require_package mpc ;; mpv) require_package mpv; require_package ffmpeg ;; subsonic) require_package mpv ;; esac
if [ ${#packages[@]} -gt 0 ]; then
    run_step "install system packages" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${packages[@]}" ||
        fail "apt-get cannot install ${packages[*]}: check the network; nothing was changed ($(reason))"
fi

extras=${extras:-$(cat "$previous/extras" 2>/dev/null || true)}
case ,$extras, in *,web,*) ;; *) case $page in home | this-machine) extras=${extras:+$extras,}web ;; esac ;; esac
names=$extras
case $kind in mpd | mpv) names=$kind${extras:+,$extras} ;; esac
run_step "create a virtual environment with access to the system's picamera2" python3 -I -m venv --system-site-packages "$new" ||
    fail "python3 -m venv failed; nothing was changed ($(reason))"
# --isolated: the variables and the file of a user do not configure pip, /etc/pip.conf does.
pip=("$new/bin/python" -I -m pip --isolated --disable-pip-version-check --quiet install)
if [ -z "$dry_run" ]; then
    printf '%s' "$extras" >"$new/extras"
    # Keep the numpy that the system's picamera2 was built with.
    python3 -I -c 'import numpy; print(f"numpy=={numpy.__version__}")' >"$work/constraints" 2>/dev/null || : >"$work/constraints"
fi
if [ -n "$wheels" ]; then
    run_step "install moodpi and its requirements" "${pip[@]}" --no-index --find-links "$wheels" -c "$work/constraints" "moodpi${names:+[$names]}" ||
        fail "cannot install from the wheels in $wheels; nothing was changed ($(reason))"
else
    # Build from a copy, so that the checkout stays clean.
    [ -n "$dry_run" ] || tar -C "$here" --exclude=.git --exclude='.venv*' --exclude=./build -cf - . |
        tar -C "$work" --one-top-level=source --no-same-owner --no-same-permissions -xf -
    run_step "install moodpi and its requirements" "${pip[@]}" -c "$work/constraints" "$work/source${names:+[$names]}" ||
        fail "pip cannot install moodpi: check the network; nothing was changed ($(reason))"
fi

# Check the new version with the configuration as `moodpi service install` will upgrade it.
moodpi=("$new/bin/python" -I "$new/bin/moodpi")
doctor=("${moodpi[@]}" doctor --software)
if [ -z "$dry_run" ] && [ -e $configuration ]; then
    cp -p $configuration "$work/configuration"
    cp -p $configuration "$work/moodpi.toml"
    "${moodpi[@]}" config --upgrade --config "$work/moodpi.toml" >/dev/null 2>&1 || true
    cmp -s "$work/configuration" "$work/moodpi.toml" || doctor=(env MOODPI_CONFIG="$work/moodpi.toml" "${doctor[@]}")
fi
print_step "check the new version: ${doctor[*]}"
[ -n "$dry_run" ] || "${doctor[@]}" ||
    fail "the new version does not work here, see above; $([ -n "$previous" ] && echo "the previous version keeps running" || echo "nothing was changed")"
run_step "use the new version" ln -sfn "$new" "$root/current"
options=()
[ -z "$player" ] || [ -n "$server" ] || options+=(--player "$player")
[ -z "$music" ] || options+=(--music "$music")
[ -z "$page" ] || options+=(--page "$page")
roll_back() {
    [ -n "$previous" ] || fail "the service did not start: see \`journalctl -u moodpi\`"
    [ ! -e "$work/configuration" ] || cp -p "$work/configuration" $configuration
    ln -sfn "$previous" "$root/current"
    # Also restores the unit of the previous version.
    "$previous/bin/python" -I "$previous/bin/moodpi" service install >"$work/output" 2>&1 || true
    rm -rf "$new"
    systemctl is-active --quiet moodpi.service ||
        fail "neither the new version nor the previous one started: see \`journalctl -u moodpi\`"
    fail "the new version did not start: the previous version is running again"
}
if [ -n "$dry_run" ]; then
    print_step "install the service: moodpi service install ${options[*]}"
    [ -z "$server" ] || print_step "use the server: moodpi setup --yes --player subsonic --server $(shown "$server")"
    exit 0
fi
member_of=" $(id -nG "$person") "
"${moodpi[@]}" service install "${options[@]}" || roll_back
[ -z "$server" ] || run_step "use the server" "${moodpi[@]}" setup --yes --player subsonic --server "$server" --password-file "$password_file" ||
    fail "moodpi runs, but without the server: $(reason)"

# The service must start and keep running.
for _ in 1 2 3; do
    sleep 1
    systemctl is-active --quiet moodpi.service || roll_back
done
for old in "$root"/2*; do
    [ "$old" = "$new" ] || [ "$old" = "$previous" ] || rm -rf "$old"
done

printf '\nmoodpi is installed and runs. What it found:\n\n'
"${moodpi[@]}" doctor --summary || true
if [ "$(configured web enabled)" = True ]; then
    printf '\nThe page:\n'
    "${moodpi[@]}" serve --link || true
fi
cat <<'TEXT'

Next:
  moodpi doctor --sound         tests the sound
  moodpi status                 shows what moodpi sees and plays
  sudo moodpi setup             changes the camera, the player or the page
  sudo journalctl -fu moodpi    follows the log
TEXT
[[ $person = root || $member_of = *" moodpi "* ]] || printf 'Log in again first, so that %s may control moodpi.\n' "$person"
