import type { SourceRecord } from '../../domain/login/record.ts'
import { asTimestamp } from '../../domain/login/record-timestamp.ts'
import type { RejectReason } from '../../domain/login/login.ts'
import type { RejectSelection } from '../../domain/batch/selection.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { matching } from './select-batches.ts'

type RejectRow = {
  offset: bigint
  timestamp: bigint
  isCut: boolean
  key: Buffer | null
  value: Buffer | null
  headers: [name: string, base64: string | null][]
}

/** The record of a reject, or as much of it as was kept. */
export type KeptReject = { record: SourceRecord; isCut: boolean }

/**
 * Reads the records of a batch's rejects after an offset: as many as fit `maxBytes` and `maxRecords`, but at
 * least one.
 */
export async function readRejects(
  sql: Sql,
  batchId: bigint,
  selection: RejectSelection,
  after: bigint,
  { maxRecords, maxBytes }: { maxRecords: number; maxBytes: number },
): Promise<KeptReject[]> {
  const rows = await sql<RejectRow[]>`/* readRejects */
    select "offset", timestamp, "isCut", key, value, headers from (
      select kafka_offset as "offset", record_timestamp as timestamp, cut is not null as "isCut", key, value, headers,
             sum(coalesce(octet_length(value), 0)) over (order by kafka_offset) as bytes, row_number() over (order by kafka_offset) as row
      from rejected_login
      where batch_id = ${batchId} and kafka_offset > ${after} and ${matching(sql, selection)}
    ) as page
    where row = 1 or bytes <= ${maxBytes}
    order by "offset" limit ${maxRecords}`
  return rows.map(asRecord)
}

/** Reads the rejects that a revision turned into logins. */
export async function readRedriven(sql: Sql, batchId: bigint, revision: number): Promise<KeptReject[]> {
  const rows = await sql<RejectRow[]>`/* readRedriven */
    select kafka_offset as "offset", record_timestamp as timestamp, cut is not null as "isCut", key, value, headers
    from rejected_login where batch_id = ${batchId} and redriven_in = ${revision} order by kafka_offset`
  return rows.map(asRecord)
}

const asRecord = ({ offset, timestamp, isCut, key, value, headers }: RejectRow): KeptReject => ({
  isCut,
  record: {
    offset,
    timestamp: asTimestamp(timestamp),
    key,
    value,
    headers: headers.map(([name, base64]) => [name, base64 === null ? null : Buffer.from(base64, 'base64')]),
  },
})

export async function markRedriven(
  tx: Transaction,
  batchId: bigint,
  revision: number,
  offsets: bigint[],
): Promise<void> {
  await tx`/* markRedriven */
    update rejected_login set redriven_in = ${revision}
    where batch_id = ${batchId} and kafka_offset = any(${offsets.map(String)}::text[]::bigint[])`
}

/** What an attempt made of a reject: a login, or the reason why it stays a reject. */
export type AttemptOutcome = { offset: bigint; outcome: 'login' | RejectReason; detail: string }

/** Records attempts. Safe to repeat: a command tries each reject once. */
export async function recordAttempts(
  tx: Sql | Transaction,
  batchId: bigint,
  commandId: string,
  codeVersion: string,
  attempts: AttemptOutcome[],
): Promise<void> {
  await tx`/* recordAttempts */
    insert into redrive_attempt (batch_id, kafka_offset, command_id, code_version, outcome, detail)
    select ${batchId}::bigint, kafka_offset, ${commandId}, ${codeVersion}, outcome, detail
    from unnest(${attempts.map(({ offset }) => String(offset))}::text[]::bigint[], ${attempts.map(({ outcome }) => outcome)}::text[],
                ${attempts.map(({ detail }) => detail)}::text[]) as made (kafka_offset, outcome, detail)
    on conflict do nothing`
}

/** Counts what a command made of the rejects of a batch, by outcome. */
export async function readAttempts(
  sql: Sql,
  batchId: bigint,
  commandId: string,
): Promise<{ outcome: 'login' | RejectReason; rejects: number }[]> {
  return await sql<{ outcome: 'login' | RejectReason; rejects: number }[]>`/* readAttempts */
    select outcome, count(*)::integer as rejects from redrive_attempt
    where batch_id = ${batchId} and command_id = ${commandId} group by outcome order by outcome`
}
