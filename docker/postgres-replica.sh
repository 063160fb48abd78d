#!/usr/bin/env bash
# Starts a streaming replica; the first time, it copies the primary.
set -euo pipefail

export PGPASSWORD=replicator
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Copied beside and moved when whole: an interrupted copy must not be taken for a database.
  rm -rf "$PGDATA" "$PGDATA.new"
  mkdir -p "$(dirname "$PGDATA")"
  pg_basebackup --host "$PRIMARY_HOST" --port "${PRIMARY_PORT:-5432}" --username replicator \
    --pgdata "$PGDATA.new" --slot replica --wal-method stream --checkpoint fast --write-recovery-conf
  mv "$PGDATA.new" "$PGDATA"
fi
exec "$@"
