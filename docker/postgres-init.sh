#!/usr/bin/env bash
# Runs once, in a new primary: Rollcall's database, the roles of the other parts, and what the replica needs to follow. Rollcall's
# roles come by `npm run migrate -- --bootstrap`.
set -eo pipefail

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create database rollcall;
create role temporal login createdb password 'temporal';
create role replicator login replication password 'replicator';
-- Keeps the log that a stopped replica has not read yet.
select pg_create_physical_replication_slot('replica', true);
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
