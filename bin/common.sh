# Shared by bin/start and bin/test: what has to be there before Python can do the rest. Sourced, never run.
# POSIX sh. Every function says what it does before it does it, and what to do where it cannot.

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s: %s\n' "bin/$(basename "$0")" "$*" >&2
    exit 1
}

is_debian() { [ -e /etc/debian_version ] && command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; }

is_root() { [ "$(id -u)" -eq 0 ]; }

# Print those of the named Debian packages that are not installed.
missing_packages() {
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || printf ' %s' "$package"
    done
}

# On Debian and Ubuntu, install what is missing of the named packages; say so where that is not possible.
# Elsewhere nothing happens here: the checks that follow find out what is missing.
install_packages() {
    is_debian || return 0
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if ! is_root; then
        fail "these packages are missing:$missing
Install them as root, then run this again:
    apt-get install --no-install-recommends$missing"
    fi
    say "Installing from the distribution:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq || fail "apt-get update failed; see above. Is the network reachable?"
    # The names are ours and hold no blanks, so splitting them is what we want.
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
        fail "apt-get could not install:$missing"
}

# Print the first Python that is new enough.
find_python() {
    for candidate in ${PYTHON:-python3.11 python3 python3.12 python3.13}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# Set $python, or stop.
need_python() {
    python=$(find_python) || {
        install_packages python3
        python=$(find_python) || fail "Python 3.11 or newer is needed and was not found (set PYTHON to its path)."
    }
}

# Make .venv and bring it to the state of the lock file $1. Nothing is done where it is there already.
ensure_venv() {
    lock=$1
    stamp=.venv/installed-$(basename "$lock" .txt)
    if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages python3-venv
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "$python cannot make virtual environments: its modules venv and ensurepip are missing."
        say "Making the virtual environment .venv with $("$python" --version)"
        "$python" -m venv --clear .venv || fail "the virtual environment could not be made; see above."
    fi
    wanted=$(cksum <"$lock")
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return 0
    say "Installing the locked requirements of $lock into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
        fail "pip could not install $lock; see above."
    printf '%s\n' "$wanted" >"$stamp"
}

# WeasyPrint finds Pango by itself, or it does not.
need_pango() {
    .venv/bin/python -c 'import weasyprint' 2>/dev/null && return 0
    fail "WeasyPrint, which renders the report, does not find Pango 1.44 or newer and HarfBuzz.
Debian, Ubuntu:  apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
Fedora:          dnf install pango
macOS:           brew install pango"
}

# Packages of Debian that WeasyPrint and its fonts need, and that draw the pages of PDFs.
REPORT_PACKAGES="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-inter fonts-dejavu-core fonts-noto-core poppler-utils"
