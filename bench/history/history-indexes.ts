import { dayBeforeEnd, minuteDays, rowDays, type HistorySize } from './history-size.ts'

/**
 * Statements that make the pipeline's own state: checkpoints, runs, discrepancies and commands. Run them after the
 * ledger's.
 */
export const states = (topic: string, size: HistorySize): string[] => [
  `insert into partition_checkpoint (topic, partition, topic_id, next_offset, published_offset, logins, rejects, epoch,
     worker, watermark, unfinished_insight, claimed_at, updated_at)
   select topic, partition, md5(topic)::uuid, max(to_offset), max(to_offset), sum(logins), sum(rejects), 1,
          'bench', max(last_event_at), '[]', max(committed_at), max(committed_at)
   from batch where topic = '${topic}' group by topic, partition`,
  `insert into retention_bound (what, kept_from)
   values ('minute_count', '${dayBeforeEnd(minuteDays(size))}Z'), ('login', '${dayBeforeEnd(rowDays(size))}Z')`,
  `insert into reconciliation_run (run_id, topic, started_at, finished_at, covered_to, batches, expired, differences)
   select 'run ' || at, '${topic}', at, at + interval '2 seconds', at, 20, 0, 0
   from generate_series(timestamptz '${dayBeforeEnd(30)}Z', '${dayBeforeEnd(0)}Z', '5 minutes') as at`,
  `insert into alert (raised_at, kind, topic, subject, detail, cleared_at)
   select at, 'minute_count', '${topic}', 'minute ' || at, '{}', at + interval '1 hour'
   from generate_series(timestamptz '${dayBeforeEnd(30)}Z', '${dayBeforeEnd(0)}Z', '3 hours') as at`,
  `select append_audit_event(json_build_object('id', 'command ' || at, 'kind', 'command',
     'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
     'actor', json_build_object('issuer', null, 'subject', 'bench', 'name', 'bench', 'verified', false), 'result', 'done',
     'detail', json_build_object('command', 'pause', 'topic', '${topic}', 'partitions', null, 'reason', 'made by a benchmark',
                                 'facts', json_build_object()))::text)
   from generate_series(timestamptz '${dayBeforeEnd(30)}Z', '${dayBeforeEnd(0)}Z', '2 hours') as at`,
]
