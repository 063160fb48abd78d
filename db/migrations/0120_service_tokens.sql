-- Tokens by which programs prove who they are. The text of a token is known to whoever was given it, and to nobody else. db/access/.

create table service_token (
  id bigint generated always as identity primary key,
  hash bytea not null unique check (length(hash) = 32), -- SHA-256 of the text
  command_id text not null unique,    -- a repeated command makes no second token
  name text not null,
  purpose text not null,
  roles text[] not null check (cardinality(roles) > 0),
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,           -- as the audit names who made it
  expires_at timestamptz not null,
  revoked_at timestamptz,             -- null: it is not revoked
  revoked_by text,
  revocation_reason text,
  last_used_at timestamptz,           -- to the minute; null: never
  check ((revoked_at is null) = (revoked_by is null) and (revoked_at is null) = (revocation_reason is null))
);
create index service_token_created_at on service_token (created_at, id);
-- Those that may still be taken: every API asks for them every few seconds while tokens are used.
create index service_token_active on service_token (expires_at) where revoked_at is null;
