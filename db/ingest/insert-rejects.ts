import { hash } from 'node:crypto'
import type { DecidedBatch } from '../../domain/batch/batch.ts'
import { isoTime } from '../../domain/time/iso-time.ts'
import { keepRecord, WHOLE_MAX_BYTES } from '../../domain/login/kept-record.ts'
import type { Transaction } from '../connection/connect.ts'

/**
 * Keeps rejected records with their bytes, very large ones cut. Binary columns are sent as hexadecimal text.
 */
export async function insertRejects(
  tx: Transaction,
  batchId: bigint,
  { range, rejected, processedAtMs }: DecidedBatch,
): Promise<void> {
  if (rejected.length === 0) return
  const offsets = rejected.map(({ record }) => String(record.offset))
  const reasons = rejected.map(({ reason }) => reason)
  const details = rejected.map(({ detail }) => detail.replaceAll('\0', ''))
  const kept = rejected.map(({ record }) =>
    keepRecord(record, WHOLE_MAX_BYTES, (bytes) => hash('sha256', bytes)),
  )
  const keys = kept.map(({ key }) => bytea(key))
  const values = kept.map(({ value }) => bytea(value))
  const headers = kept.map((record) => headersJson(record.headers))
  const cuts = kept.map(({ cut }) => (cut === null ? null : JSON.stringify(cut)))
  const timestamps = rejected.map(({ record }) => String(record.timestamp))
  await tx`/* insertRejects */
    insert into rejected_login (topic, partition, kafka_offset, batch_id, reason, detail, key, value, headers, cut,
                                record_timestamp, rejected_at)
    select ${range.topic}, ${range.partition}::integer, kafka_offset, ${batchId}::bigint, reason, detail, key, value, headers, cut,
           record_timestamp, ${isoTime(processedAtMs)}::timestamptz
    from unnest(${offsets}::bigint[], ${reasons}::text[], ${details}::text[], ${tx.array(keys, TEXT)}::text[]::bytea[],
                ${tx.array(values, TEXT)}::text[]::bytea[], ${headers}::text[]::jsonb[], ${tx.array(cuts, TEXT)}::text[]::jsonb[],
                ${timestamps}::text[]::bigint[])
      as made (kafka_offset, reason, detail, key, value, headers, cut, record_timestamp)`
}

/**
 * The OID of the type text: postgres.js guesses an array's type from its first element, which may be null
 * here.
 */
const TEXT = 25

const bytea = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : `\\x${Buffer.from(bytes).toString('hex')}`

/** As a list of pairs, with values in base64: header names may repeat and hold any text, values any bytes. */
const headersJson = (headers: readonly (readonly [string, Uint8Array | null])[]): string =>
  JSON.stringify(
    headers.map(([name, value]) => [
      name.replaceAll('\0', '\uFFFD'),
      value === null ? null : Buffer.from(value).toString('base64'),
    ]),
  )
