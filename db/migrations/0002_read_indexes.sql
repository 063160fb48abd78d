-- Reads of the ledger that would otherwise walk every committed batch: what is parked (each answer's freshness asks
-- that) and the list of batches that took another way than committed.
create index batch_not_committed on batch (committed_at, id) where status <> 'committed';
create index batch_parked on batch (topic) where status = 'parked';
