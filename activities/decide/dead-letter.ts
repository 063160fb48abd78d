import { hash } from 'node:crypto'
import type { SourceRecord } from '../../domain/login/record.ts'
import { type Cut, keepRecord, WHOLE_MAX_BYTES } from '../../domain/login/kept-record.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'

const OWN_HEADERS = 'rollcall-'
/** Bytes reserved for the headers below, of which the detail is the longest. */
const OWN_HEADERS_MAX_BYTES = 8 * 1024

/**
 * Makes a record of the dead letter queue from a reject: the record as it came, with headers that say why it
 * was rejected and where from. A record that was fed back and rejected again has one set of these headers and
 * the number of passes. A record that is too large for the topic is cut.
 * @param why `source` is topic/partition/offset
 * @param maxBatchBytes largest record batch that the topic takes, in bytes
 */
export function deadLetter(
  record: SourceRecord,
  why: { reason: string; detail: string; source: string; schemaVersion: string },
  maxBatchBytes: number,
): OutputRecord {
  const headers = record.headers.filter(([name]) => !name.startsWith(OWN_HEADERS))
  const maxBytes = Math.min(WHOLE_MAX_BYTES, maxBatchBytes - OWN_HEADERS_MAX_BYTES)
  const kept = keepRecord({ ...record, headers }, maxBytes, (bytes) => hash('sha256', bytes))
  return {
    key: kept.key,
    value: kept.value,
    headers: [
      ...kept.headers,
      ['rollcall-reason', why.reason],
      ['rollcall-detail', why.detail],
      ['rollcall-schema-version', why.schemaVersion],
      ['rollcall-source', why.source],
      ['rollcall-passes', String(passesOf(record) + 1)],
      ...(kept.cut === null ? [] : cutHeaders(kept.cut)),
    ],
  }
}

/** How often a record was in the dead letter queue before; 1 for one whose headers do not say it. */
function passesOf({ headers }: SourceRecord): number {
  const own = headers.filter(([name]) => name.startsWith(OWN_HEADERS))
  const passes = own.findLast(([name]) => name === 'rollcall-passes')?.[1]
  const count = passes == null ? NaN : Number(Buffer.from(passes).toString('latin1'))
  return Number.isSafeInteger(count) && count > 0 ? count : Math.min(own.length, 1)
}

/** `rollcall-cut` names the parts that were cut; `rollcall-source` says where the whole record is. */
function cutHeaders({ keyBytes, valueBytes, valueSha256, headers }: Cut): OutputRecord['headers'][number][] {
  const facts: [part: string, name: string, fact: string | number | null][] = [
    ['key', 'rollcall-key-bytes', keyBytes],
    ['value', 'rollcall-value-bytes', valueBytes],
    ['value', 'rollcall-value-sha256', valueSha256],
    ['headers', 'rollcall-header-count', headers],
  ]
  const present = facts.filter(([, , fact]) => fact !== null)
  const parts = [...new Set(present.map(([part]) => part))].join(',')
  return [['rollcall-cut', parts], ...present.map(([, name, fact]) => [name, String(fact)] as const)]
}
