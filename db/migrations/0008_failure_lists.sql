-- Lists that an operator filters by what is rare: batches with an error, rejects that became logins since.
create index batch_error on batch (committed_at, id) where error is not null;
create index rejected_login_redriven on rejected_login (rejected_at, partition, kafka_offset) where redriven_in is not null;
