#!/usr/bin/env bash
# Run once, as root, when Gradescope builds the image. Both variables may be set where
# the image is built; they say which torch is installed, and from which index.
set -euo pipefail

TORCH="${TORCH:-@TORCH@}"
TORCH_INDEX="${TORCH_INDEX:-@TORCH_INDEX@}"
source=/autograder/source
home=/opt/autograder

# The distribution's own Python, 3.10 or newer, in an environment of its own: Gradescope
# needs the packages of the system's.
# The sandbox needs libseccomp.
if ! python3 -c 'import ctypes.util, ensurepip, sys, venv
sys.exit(ctypes.util.find_library("seccomp") is None)' 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends python3 python3-venv libseccomp2
fi
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "Python 3.10 or newer is needed; choose a newer base image." >&2
    exit 1
}
python3 -m venv "$home"
"$home/bin/pip" install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$TORCH"
"$home/bin/pip" install --no-cache-dir "$source"/softmarks-*.whl pyseccomp

# Students' code runs as a user of its own, one for each process, without an account.
# Libraries are for all to read; checks, answers and results are root's alone.
chmod -R a+rX "$home"
chmod -R g=,o= "$source"
