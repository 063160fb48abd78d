-- The public keys by which workflows know who sent a command. signatures/. Each process makes a key pair at its start and keeps the
-- private key in its memory. Rows are added, and nothing else: an audit can be verified for as long as it is kept.
create table command_key (
  key_id text primary key,            -- SHA-256 of the public key
  holder text not null check (holder in ('api', 'worker')), -- a worker's signs the replays of a run, nothing else
  public_key text not null,           -- Ed25519, SubjectPublicKeyInfo in DER, base64
  made_at timestamptz not null,
  valid_until timestamptz not null    -- what it signs later is refused
);
create trigger append_only before update or delete on command_key for each row execute function refuse_change();
create trigger append_only_truncate before truncate on command_key execute function refuse_change();
alter table command_key enable always trigger append_only;
alter table command_key enable always trigger append_only_truncate;

-- Until when Temporal was looked through for workflows that somebody terminated, cancelled or reset. db/ledger/interference-looks.ts
create table interference_look (
  task_queue text primary key,
  looked_to timestamptz not null
);
