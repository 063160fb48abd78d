import { createKafka } from '../../kafka/client.ts'
import { openRangeReader } from '../../kafka/read/range-reader.ts'
import { RECORDS_PER_BATCH, type Backlog } from './backlog.ts'
import type { Subject } from './subject.ts'
import { verifyCounts, verifyUserDays } from './verify-totals.ts'

const LIMITS = { maxBytes: 4 * 1024 * 1024, maxRecords: 100_000 }
const WAIT = { maxWaitMs: 100, minBytes: 1 }
/** The value of every published login ends with the place that it came from, as a field or as two. */
const SOURCE = /partition":(\d+),"(?:source_)?offset":(\d+)\}+$/
const SOURCE_MAX_BYTES = 80

/**
 * Verifies results.
 * @throws {Error} a count or the users of a day differ from what was sent, or a login was not published
 *   exactly once
 */
export async function verify(subject: Subject, backlog: Backlog): Promise<void> {
  if (subject.counts !== null) verifyCounts(subject.name, await subject.counts(), backlog)
  if (subject.userDays !== null) verifyUserDays(subject.name, await subject.userDays(), backlog)
  const { events, partitions } = backlog
  // A byte for each place. A Set would hold no more than 16.7 million.
  const seen = new Uint8Array(events + (partitions + 1) * RECORDS_PER_BATCH)
  let outputs = 0
  await Promise.all(
    Array.from({ length: partitions }, (_, partition) =>
      forEachOutput(subject, partition, (value) => {
        const source = sourceOf(value)
        if (source === null) return
        seen[source.offset * partitions + source.partition] = 1
        outputs++
      }),
    ),
  )
  const different = seen.reduce((sum, one) => sum + one, 0)
  if (outputs !== events || different !== events) {
    throw new Error(
      `${subject.name} published ${outputs} logins, ${different} of them different, of ${events}`,
    )
  }
}

/** Reads from the end of a published value where its login came from. Null: it is no login. */
export function sourceOf(value: string): { partition: number; offset: number } | null {
  const [, partition, offset] = SOURCE.exec(value) ?? []
  return partition === undefined ? null : { partition: Number(partition), offset: Number(offset) }
}

async function forEachOutput(
  subject: Subject,
  partition: number,
  visit: (end: string) => void,
): Promise<void> {
  const { kafka } = subject.config
  const reader = await openRangeReader(
    createKafka(kafka, 'rollcall-bench'),
    kafka.processedTopic,
    partition,
    LIMITS,
  )
  try {
    const { end } = await reader.bounds()
    for (let next = 0n; next < end;) {
      const range = await reader.read(next, WAIT)
      for (const { value } of range.records.slice(0)) {
        if (value !== null) visit(Buffer.from(value.subarray(-SOURCE_MAX_BYTES)).toString('latin1'))
      }
      next = range.to
    }
  } finally {
    await reader.close()
  }
}
