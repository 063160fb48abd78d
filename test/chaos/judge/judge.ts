import { setTimeout as sleep } from 'node:timers/promises'
import { comparePostgres } from '../../support/truth/compare-postgres.ts'
import { compareTopics, readOutputs } from '../../support/truth/compare-topics.ts'
import { describeDifference } from '../../support/truth/difference.ts'
import { compareGraphql } from './compare-graphql.ts'
import { compareRecords, type RecordVerdict } from './compare-records.ts'
import type { RecordBook } from './record-book.ts'
import type { World } from '../world.ts'

/** Records that are missing in some place where they belong, or twice in one; and everything that is not as it was sent. */
export type Verdict = RecordVerdict

/** Replicas replay and a broker's transaction markers spread after the last commit was answered. */
const SPREAD_MS = 5_000

/** Compares every place with the books. A difference counts when it stays. */
export async function judge(world: World, book: RecordBook): Promise<Verdict> {
  const end = Date.now() + SPREAD_MS
  for (;;) {
    const verdict = await compareAll(world, book)
    if (verdict.differences.length === 0 || Date.now() > end) return verdict
    await sleep(1_000)
  }
}

async function compareAll(world: World, book: RecordBook): Promise<Verdict> {
  const { deployment, ask } = world
  const outputs = await readOutputs(deployment)
  const records = await compareRecords(world, outputs, book)
  return {
    ...records,
    differences: [
      ...records.differences,
      ...(await comparePostgres(deployment.sql, book.truth)),
      ...(await compareTopics(outputs, deployment.sql, book.truth)),
      ...(await compareGraphql(ask, book.truth)),
    ],
  }
}

export const isExact = ({ lost, doubled, differences }: Verdict): boolean =>
  lost === 0 && doubled === 0 && differences.length === 0

const EXAMPLES = 20

export function describeVerdict({ lost, doubled, differences }: Verdict): string {
  const examples = differences.slice(0, EXAMPLES).map((difference) => `  ${describeDifference(difference)}`)
  const more = differences.length - examples.length
  return [`lost ${lost} doubled ${doubled}`, ...examples, ...(more > 0 ? [`  and ${more} more`] : [])].join(
    '\n',
  )
}
