#!/usr/bin/env bash
# Starts a streaming replica. It copies the primary the first time, and again when the primary no longer has what it has not read.
set -euo pipefail

# A file, because the replica itself signs in with it, too, and arguments are seen by others.
passwords=${TMPDIR:-/tmp}/replicator.pgpass
(umask 077 && printf '*:*:*:replicator:%s\n' "$(cat "${SECRETS:-/run/secrets}/replicator/password")" >"$passwords")
primary="host=$PRIMARY_HOST port=${PRIMARY_PORT:-5432} user=replicator passfile=$passwords"
ask() { psql --no-psqlrc --tuples-only --no-align --dbname "$primary dbname=postgres" --command "$1"; }

if [ -s "$PGDATA/PG_VERSION" ]; then
  if [ ! -e "$PGDATA/standby.signal" ]; then
    echo "$PGDATA is no replica: was it promoted? Save what it has, then remove its volume to copy the primary" >&2
    exit 1
  fi
  # A primary that is away is waited for by the replica itself.
  status=$(ask "select coalesce(max(wal_status), 'none') from pg_replication_slots where slot_name = 'replica'" || echo unknown)
  case $status in
    lost | none)
      echo "the primary no longer has what this replica has not read (slot: $status): it copies the primary again" >&2
      rm -rf "$PGDATA"
      ;;
  esac
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  ask "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = 'replica' and wal_status = 'lost'"
  ask "select pg_create_physical_replication_slot('replica', true) where not exists (select from pg_replication_slots where slot_name = 'replica')"
  # Copied beside and moved when whole: an interrupted copy must not be taken for a database.
  rm -rf "$PGDATA" "$PGDATA.new"
  mkdir -p "$(dirname "$PGDATA")"
  pg_basebackup --dbname "$primary" --no-password --pgdata "$PGDATA.new" --slot replica --wal-method stream --checkpoint fast \
    --write-recovery-conf
  mv "$PGDATA.new" "$PGDATA"
fi
# Not as it was when the copy was made.
exec "$@" -c primary_slot_name=replica -c "primary_conninfo=$primary"
