#!/bin/sh
# Makes the tables of Temporal in its two databases, or brings them to this version. Safe to run again. Reads SQL_HOST, SQL_USER and so on.
set -eu

for database in temporal:temporal temporal_visibility:visibility; do
  name=${database%%:*}
  schema=${database##*:}
  temporal-sql-tool --database "$name" setup-schema --version 0.0
  temporal-sql-tool --database "$name" update-schema --schema-name "postgresql/v12/$schema"
done
