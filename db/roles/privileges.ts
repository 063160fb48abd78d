import type { SigningRole } from './roles.ts'

// What each role may do with what is in the database. A table, view, sequence, function or type of a migration that is not here is
// nobody's but its owner's, and a test fails for it (test/roles/privileges.test.ts).

export type ObjectKind = 'table' | 'view' | 'sequence' | 'function' | 'type'

type DatabaseObject = {
  name: string
  kind: ObjectKind
  /** Whether it is of the audit: its owner is not the role that migrates. */
  isAudit: boolean
  /** Privileges as SQL names them; of a view and a sequence, too. */
  allowed: Record<SigningRole, readonly string[]>
}

/** What workers, APIs and migrations may, each separated by spaces. Migrations may everything with what is not of the audit. */
type Rights = readonly [ingest: string, api: string, migrate?: string]

const READ: Rights = ['select', 'select']

/** Beside what is read, workers only add to these. */
const APPEND: Rights = ['select insert', 'select']
const ADD_AND_CHANGE: Rights = ['select insert update', 'select']
/** These come and go. */
const ADD_AND_REMOVE: Rights = ['select insert delete', 'select']
const ANY: Rights = ['select insert update delete', 'select']

const tables: Record<string, Rights> = {
  migration: ['', ''],
  schema_version: READ,

  partition_checkpoint: ADD_AND_CHANGE,
  worker: ANY,
  upkeep_process: ANY,
  batch: ADD_AND_CHANGE,
  batch_revision: ADD_AND_CHANGE,
  // Day tables are reached through it; retention moves their unlisted rows to late_login.
  login: ADD_AND_REMOVE,
  late_login: ADD_AND_REMOVE,
  rejected_login: ADD_AND_CHANGE,
  redrive_attempt: APPEND,
  insight: APPEND,
  alert: ADD_AND_CHANGE,
  reconciliation_run: APPEND,
  audit_check: ADD_AND_CHANGE,

  login_count_delta: APPEND,
  pending_rollup: ADD_AND_REMOVE,
  pending_commit_rollup: ADD_AND_REMOVE,
  minute_count: ANY,
  quarter_count: ADD_AND_CHANGE,
  hour_count: ADD_AND_CHANGE,
  month_count: ADD_AND_REMOVE,
  rolled_up_month: ADD_AND_REMOVE,
  written_count: ANY,
  arrival_count: ADD_AND_CHANGE,
  dimension_value: APPEND,
  retention_bound: ADD_AND_CHANGE,
  retention_move: APPEND,

  sighting_delta: ADD_AND_REMOVE,
  engagement_kind_size: ['select update', 'select'],
  app_user: ADD_AND_CHANGE,
  device: ADD_AND_CHANGE,
  address: ADD_AND_CHANGE,
  engagement_chunk: ADD_AND_CHANGE,
  // Reached through engagement_chunk.
  engagement_of_all: ['', ''],
  engagement_by_value: ['', ''],
  hour_login: ANY,
  hour_member: ANY,
  day_login: ANY,
  listed_day: ANY,
  unindexed_batch: ADD_AND_REMOVE,
  first_seen: ADD_AND_CHANGE,
  active_span: ANY,
  span_day: ANY,

  // Of who asks, which workers need not know.
  browser_session: ['', 'select insert update delete'],
  used_once: ['', 'select insert delete'],
  service_token: ['', 'select insert update'],
  interference_look: ['select insert update', ''],
}

/** The chain of the audit, which its functions alone write, and what says who commanded and how long all of it is kept. */
const auditTables: Record<string, Rights> = {
  audit_event: READ,
  audit_head: READ,
  audit_retention: ['select', ''],
  command_key: ['select insert', 'select insert'],
}

const auditViews: Record<string, Rights> = { control_event: READ }

const views: Record<string, Rights> = {
  revision_written: READ,
  login_count_pending: READ,
  minute_count_entry: READ,
  quarter_count_entry: READ,
  hour_count_entry: READ,
  arrival_pending: READ,
  engagement: READ,
}

const sequences: Record<string, Rights> = { batch_id_block: ['usage', ''] }

const functions: Record<string, Rights> = {
  login_day_table: ['', ''],
  is_login_day: ['', ''],
  create_login_day: ['execute', ''],
  drop_login_day: ['execute', ''],
  index_login_day: ['execute', ''],
  drop_login_day_summary: ['execute', ''],
}

/** Whoever owned a function that the chain or its triggers run could change what it does. */
const ownersFunctions: Record<string, Rights> = {
  append_audit_event: ['execute', 'execute', 'execute'],
  prune_audit: ['execute', ''],
  chain_audit_event: ['', ''],
  is_audit_event: ['', ''],
  is_partition: ['', ''],
  refuse_audit_removal: ['', ''],
  refuse_change: ['', ''],
  check_command_key: ['', ''],
  iso_moment: ['', ''],
  actor_text: ['execute', 'execute'],
  primary_heard_at: ['', 'execute'],
}

const types: Record<string, Rights> = {
  engagement_attempts: ['usage', 'usage'],
  engagement_kind: ['usage', 'usage'],
  engagement_period: ['usage', 'usage'],
  engagement_facet: ['usage', 'usage'],
}

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')

const objects = (kind: ObjectKind, isAudit: boolean, rights: Record<string, Rights>): DatabaseObject[] =>
  Object.entries(rights).map(([name, [ingest, api, migrate = '']]) => ({
    name,
    kind,
    isAudit,
    allowed: { ingest: words(ingest), api: words(api), migrate: words(migrate) },
  }))

/** Everything that migrations made. Day tables of logins are reached through `login`. */
export const databaseObjects: readonly DatabaseObject[] = [
  ...objects('table', false, tables),
  ...objects('table', true, auditTables),
  ...objects('view', false, views),
  ...objects('view', true, auditViews),
  ...objects('sequence', false, sequences),
  ...objects('function', false, functions),
  ...objects('function', true, ownersFunctions),
  ...objects('type', false, types),
]
