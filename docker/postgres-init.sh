#!/usr/bin/env bash
# Databases, and the roles and passwords of all that is not Rollcall's own; its roles come by `migrate.ts --bootstrap`. Runs by
# itself in a new primary; safe to run again, in one that is older than the passwords of make-secrets.sh.
set -eo pipefail

export SECRETS=${SECRETS:-/run/secrets}

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set admin `cat "$SECRETS/admin/password"`
\set temporal `cat "$SECRETS/temporal/password"`
\set replicator `cat "$SECRETS/replicator/password"`
set log_statement = 'none';
set log_min_error_statement = 'panic';
select format('create role %I', name) from unnest(array['rollcall_admin', 'temporal', 'replicator']) name
  where not exists (select from pg_roles where rolname = name) \gexec
-- None is a superuser, and none but the administrator of Rollcall, which no process that stays uses, makes roles.
alter role rollcall_admin login createrole nosuperuser nocreatedb password :'admin';
alter role temporal login nosuperuser nocreatedb nocreaterole password :'temporal';
alter role replicator login replication nosuperuser nocreatedb nocreaterole password :'replicator';
grant pg_read_all_stats to rollcall_admin with admin option;

select format('create database %I owner %I', name, owner)
  from (values ('rollcall', 'rollcall_admin'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) wanted (name, owner)
  where not exists (select from pg_database where datname = name) \gexec
alter database rollcall owner to rollcall_admin;
revoke connect on database temporal, temporal_visibility from public;

-- What a superuser made before there was rollcall_admin.
select format('grant %I to rollcall_admin with admin true, inherit true, set true', rolname)
  from pg_roles where rolname in ('rollcall_owner', 'rollcall_migrate', 'rollcall_ingest', 'rollcall_api') \gexec

-- Keeps the log that a stopped replica has not read yet, as much as max_slot_wal_keep_size says.
select pg_create_physical_replication_slot('replica', true)
  where not exists (select from pg_replication_slots where slot_name = 'replica');
SQL
grep -q '^host replication replicator ' "$PGDATA/pg_hba.conf" ||
  echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
