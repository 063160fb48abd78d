#!/usr/bin/env bash
# Runs once, in a new primary: the roles, Rollcall's database, and what the replica needs to follow.
set -eo pipefail

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
create role rollcall login password 'rollcall';
create database rollcall owner rollcall;
create role temporal login createdb password 'temporal';
create role replicator login replication password 'replicator';
-- Keeps the log that a stopped replica has not read yet.
select pg_create_physical_replication_slot('replica', true);
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
