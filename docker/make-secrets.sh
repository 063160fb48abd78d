#!/bin/sh
# Makes a password for each of the names, in a folder of its own, unless it is there. Each folder is a volume that only those
# who need it mount, so that everybody who sees a file may read it.
set -eu

for name in "$@"; do
  file="${SECRETS:-/run/secrets}/$name/password"
  [ -s "$file" ] && continue
  # Letters and digits alone, for they also stand in connection strings.
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$file.new"
  chmod 444 "$file.new"
  mv "$file.new" "$file"
done
