#!/bin/sh
# with-password.sh VARIABLE COMMAND…: runs a command that takes its password from a variable and not from a file.
set -eu

variable=$1
shift
password=$(cat "$PASSWORD_FILE")
export "$variable=$password"
exec "$@"
