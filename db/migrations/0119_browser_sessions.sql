-- Who is signed in in a browser (api/identity/sessions/). Asked on the primary only: a row that is gone is a session that has ended.

create table browser_session (
  id_hash bytea primary key check (length(id_hash) = 32), -- SHA-256 of what the cookie holds
  way text not null,                  -- by which somebody signed in
  issuer text not null,
  subject text not null,
  name text not null,
  groups text[] not null,             -- those that give roles
  provider_session text,              -- what the issuer calls its own session with them (OpenID: sid)
  sealed bytea,                       -- what reads the groups again, encrypted with SESSION_KEY
  signed_in_at timestamptz not null default clock_timestamp(),
  used_at timestamptz not null default clock_timestamp(),
  groups_read_at timestamptz not null default clock_timestamp(),
  read_again_at timestamptz not null, -- when the groups are to be read again
  reading_until timestamptz           -- an API reads them, and has until then
);
create index browser_session_subject on browser_session (issuer, subject);
create index browser_session_provider_session on browser_session (issuer, provider_session) where provider_session is not null;

-- What may be used once: answers to a sign-in, and notices of a sign-out at the provider.
create table used_once (
  hash bytea primary key check (length(hash) = 32),
  expires_at timestamptz not null     -- what was used is not valid any more by then
);
create index used_once_expires_at on used_once (expires_at);
