-- A question about logins or failures looks up whether its range may have attempts whose outcome was not understood
-- (db/read/counts/unknown-outcomes-of-events.ts). Most batches have none, and are not in the index.
create index batch_unknown_outcome_events on batch using gist (tstzrange(first_event_at, last_event_at, '[]'))
  where unknown_outcomes is not null;
