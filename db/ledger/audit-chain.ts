import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { ChainPlace } from '../../domain/audit/audit-head.ts'
import { canonicalJson } from '../../domain/audit/canonical-json.ts'
import type { ChainRow } from '../../domain/audit/explain-break.ts'
import type { Sql, Transaction } from '../connection/connect.ts'

type Reads = Sql | Transaction
type StoredEvent = Pick<ChainRow, 'body' | 'hash'> & ChainRow['listed'] & { seq: bigint }

/** Reads events of the chain in order, those after a number first. */
export async function readChain(sql: Reads, after: number, limit: number): Promise<ChainRow[]> {
  const rows = await sql<StoredEvent[]>`/* readChain */
    select seq, body, hash, id, kind, (extract(epoch from happened_at) * 1000)::double precision as "atMs"
    from audit_event where seq > ${after} order by seq limit ${limit}`
  return rows.map(({ seq, body, hash, ...listed }) => ({ seq: Number(seq), body, hash, listed }))
}

/** Records that a check of the chain has finished. */
export async function recordAuditCheck(sql: Reads, topic: string): Promise<void> {
  await sql`/* recordAuditCheck */
    insert into audit_check (topic, checked_at) values (${topic}, clock_timestamp())
    on conflict (topic) do update set checked_at = excluded.checked_at`
}

/** Reads where the chain ends. */
export async function readChainEnd(sql: Reads): Promise<ChainPlace> {
  const [head] = await sql<
    { seq: bigint; hash: string }[]
  >`/* readChainEnd */ select seq, hash from audit_head`
  if (head === undefined) throw new Error('audit_head has no row')
  return { hash: head.hash, seq: Number(head.seq) }
}

/** Reads the checkpoint that says that the events through this number are pruned. Null: there is none. */
export async function readCheckpoint(sql: Reads, seq: number): Promise<AuditEvent<'checkpoint'> | null> {
  const [row] = await sql<{ body: string }[]>`/* readCheckpoint */
    select body from audit_event
    where kind = 'checkpoint' and body::jsonb #> '{detail,seq}' = to_jsonb(${seq}::bigint)
    order by seq desc limit 1`
  return row === undefined ? null : (JSON.parse(row.body) as AuditEvent<'checkpoint'>)
}

/** An event of later than this from now says nothing of when those around it happened. */
const FUTURE_MS = 86_400_000

/**
 * The number of the last event before the first one that is no older than this. Both clocks have to agree that the others are: one
 * that is wrong removes nothing early. What claims to be of the far future does not count.
 * @param now by the clock of who asks
 */
export async function lastOlderThan(sql: Reads, ageMs: number, now: Date): Promise<number> {
  const [row] = await sql<{ first: bigint | null }[]>`/* lastOlderThan */
    select coalesce(
      (select min(seq) from audit_event
       where happened_at >= least(${now}, clock_timestamp()) - ${ageMs} * interval '1 millisecond'
         and happened_at < greatest(${now}, clock_timestamp()) + ${FUTURE_MS} * interval '1 millisecond'),
      (select max(seq) + 1 from audit_event)) as first`
  return Number(row?.first ?? 1n) - 1
}

/** Removes the events through the place that a checkpoint names, and appends the checkpoint. @returns how many */
export async function pruneChain(sql: Reads, checkpoint: AuditEvent<'checkpoint'>): Promise<number> {
  const [row] = await sql<{ pruned: bigint }[]>`/* pruneChain */
    select prune_audit(${canonicalJson(checkpoint)}) as pruned`
  return Number(row?.pruned)
}

/** How many days an administrator has events kept, whatever workers say; 0: for ever, null: nobody has said. */
export async function readKeptDays(sql: Reads): Promise<number | null> {
  const [row] = await sql<
    { kept: number | null }[]
  >`/* readKeptDays */ select kept_days as kept from audit_retention`
  return row?.kept ?? null
}

/** Whether there is an event of a kind with this id. */
export async function hasAuditEvent(sql: Reads, kind: AuditEvent['kind'], id: string): Promise<boolean> {
  const found =
    await sql`/* hasAuditEvent */ select from audit_event where id = ${id} and kind = ${kind} limit 1`
  return found.length > 0
}

/** The settings that a process started with when they were last recorded; none if they never were. */
export async function lastSettings(sql: Reads, process: string): Promise<Record<string, string>> {
  const [row] = await sql<{ settings: Record<string, string> }[]>`/* lastSettings */
    select body::jsonb #> '{detail,settings}' as settings from audit_event
    where kind = 'settings_changed' and body::jsonb #>> '{detail,process}' = ${process}
    order by happened_at desc, seq desc limit 1`
  return row?.settings ?? {}
}
