#!/bin/sh
# Makes the virtual environment beside this checkout and prints the path of its Python.
# Usage: environment.sh [EXTRA]   An up-to-date environment is left as it is.
set -eu
# An argparse.py in the current folder (a friend's USB stick) must not run in place of Python's
# own: -P with every call, and no folders from elsewhere.
unset PYTHONPATH PYTHONSTARTUP PYTHONHOME
root=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
venv=$root/.venv
extra=${1:-run}
stamp=$venv/photosync-$extra

# What an environment is made of: it finds nothing any more once the checkout was moved, or the
# system got a newer Python.
describe() {
    {
        cat "$root/setup.py" "$root/photosync/__init__.py" "$root/constraints.txt"
        readlink -f "$venv/bin/python"
        echo "$root"
    } | cksum
}

is_ready() {
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(describe)" ]
}

if is_ready; then
    echo "$venv/bin/python"
    exit 0
fi

fail() {
    echo "photosync: $1" >&2
    exit 2
}

find_python() {
    for name in ${PHOTOSYNC_PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python3.15}; do
        # Before 3.11 there is no -P, and the call fails as it should.
        if "$name" -P -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
}

make_environment() {
    # What another Python left, but not the lock that others may wait for.
    rm -rf "$venv"/[!.]* || fail "cannot write to $root"
    "$python" -P -m venv "$venv" >&2 ||
        fail "cannot make a virtual environment; on Debian: apt install python3-venv"
}

install() {
    python=$(find_python)
    [ -n "$python" ] || fail "needs Python 3.11 or newer; install it, or name it in PHOTOSYNC_PYTHON"
    echo "photosync: setting up $venv ..." >&2
    "$venv/bin/python" -P -m pip --version >/dev/null 2>&1 || make_environment
    what=$root
    [ "$extra" = run ] || what="$root[$extra]"
    "$venv/bin/python" -P -m pip install --quiet --disable-pip-version-check \
        --config-settings editable_mode=compat --constraint "$root/constraints.txt" \
        --editable "$what" >&2 ||
        fail "the installation failed; the lines above say why"
    describe >"$stamp"
}

# Two first uses at once wait for each other where the system can lock a file.
mkdir -p "$venv" || fail "cannot write to $root"
if command -v flock >/dev/null 2>&1; then
    exec 9>"$venv/.lock"
    flock 9
fi
is_ready || install
echo "$venv/bin/python"
