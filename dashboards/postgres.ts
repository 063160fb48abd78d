import { type Board, inJob, jobVariable, lines, type Panel } from './board.ts'

const JOB = inJob('postgres_job')
/** The templates and the database of maintenance have nothing of ours. */
const DATABASE = `${JOB},datname!~"template.*|postgres|"`
const rate = (metric: string) => `sum by (instance, datname) (rate(${metric}{${DATABASE}}[$__rate_interval]))`
const OF = '{{instance}} {{datname}}'

const servers: Panel[] = [
  {
    title: 'Reached by the exporter',
    as: 'value',
    description: 'Whether the exporter reaches its server.',
    unit: 'yes or no',
    queries: [{ expression: `min by (instance) (pg_up{${JOB}})`, legend: '{{instance}}' }],
    alerts: ['RollcallDependencyAway'],
    width: 8,
  },
  {
    ...lines(
      'Connections of those allowed',
      'percentunit',
      'At 1 nobody else connects. Pools of workers and APIs together must stay below.',
      [
        {
          expression: `sum by (instance) (pg_stat_activity_count{${JOB}}) / max by (instance) (pg_settings_max_connections{${JOB}})`,
          legend: '{{instance}}',
        },
      ],
    ),
    limits: { warning: 0.8, page: 0.95 },
  },
  {
    ...lines(
      'Write-ahead log that replicas lack',
      'bytes',
      'How far each replica is behind in bytes. Empty where there is none.',
      [
        {
          expression: `max by (instance, application_name, slot_name) (pg_stat_replication_pg_wal_lsn_diff{${JOB}})`,
          legend: '{{instance}} {{application_name}} {{slot_name}}',
        },
      ],
    ),
    alerts: ['RollcallReplicaBehind', 'RollcallReplicaAway'],
  },
]

const work: Panel[] = [
  lines('Transactions', 'cps', 'Transactions that were committed and rolled back each second.', [
    { expression: rate('pg_stat_database_xact_commit'), legend: `${OF} committed` },
    { expression: rate('pg_stat_database_xact_rollback'), legend: `${OF} rolled back` },
  ]),
  lines(
    'Longest transaction',
    's',
    'One that is open for minutes keeps rows from being cleaned up, and may hold locks.',
    [
      {
        expression: `max by (instance, datname, state) (pg_stat_activity_max_tx_duration{${DATABASE}})`,
        legend: `${OF} {{state}}`,
      },
    ],
  ),
  lines('Connections by state', 'short', 'Active ones run a statement. Idle in transaction should be few.', [
    {
      expression: `sum by (instance, datname, state) (pg_stat_activity_count{${DATABASE}})`,
      legend: `${OF} {{state}}`,
    },
  ]),
  lines('Blocks found in memory', 'percentunit', 'The rest comes from the system: its cache, or the disk.', [
    {
      expression: `${rate('pg_stat_database_blks_hit')} / (${rate('pg_stat_database_blks_hit')} + ${rate('pg_stat_database_blks_read')})`,
      legend: OF,
    },
  ]),
  lines('Temporary files', 'Bps', 'What statements write to disk because work_mem is too small for them.', [
    { expression: rate('pg_stat_database_temp_bytes'), legend: OF },
  ]),
  lines('Deadlocks', 'cps', 'Transactions that waited for each other: the usual is 0.', [
    { expression: rate('pg_stat_database_deadlocks'), legend: OF },
  ]),
  lines('Locks', 'short', 'Locks that are held, by mode. AccessExclusiveLock keeps everybody else out.', [
    {
      expression: `sum by (instance, datname, mode) (pg_locks_count{${DATABASE}})`,
      legend: `${OF} {{mode}}`,
    },
  ]),
  {
    ...lines('Size of databases', 'bytes', 'What they take on disk, without the write-ahead log.', [
      { expression: `max by (instance, datname) (pg_database_size_bytes{${DATABASE}})`, legend: OF },
    ]),
    alerts: ['RollcallDiskFillsUp', 'RollcallDiskAlmostFull'],
  },
]

/** Servers of Postgres, by its exporter. */
export const postgres: Board = {
  name: 'rollcall-postgres',
  title: 'Rollcall: Postgres',
  description: 'Servers of Postgres, by its exporter.',
  variables: [jobVariable('postgres_job', 'pg_up')],
  rows: [
    { title: 'Servers', panels: servers },
    { title: 'Work', panels: work },
  ],
}
