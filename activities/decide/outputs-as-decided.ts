import { RecordArray } from '../../domain/columns/record-array.ts'
import type { Reject, SourceRecord } from '../../domain/login/record.ts'
import { firstRules, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { batchOutputs, decideInSteps, type Deciding } from './deciding.ts'

/** What the ledger and the tables keep of a range that was decided before. */
type Decision = {
  processedAtMs: number
  rules: DecodeRules | null
  /** Rejects by offset; every other record was a login. */
  rejects: ReadonlyMap<bigint, Reject>
  insights: readonly string[]
}

/**
 * Makes the outputs of a range exactly as they were decided before: by the clock and the rules of that time
 * and with the rejects in the database, whatever the rules and settings are now.
 * @returns the outputs, and how many of the records are logins and rejects by that decision
 */
export async function outputsAsDecided(
  session: Deciding,
  records: readonly SourceRecord[],
  { processedAtMs, rules, rejects, insights }: Decision,
): Promise<{ logins: number; rejects: number; outputs: OutputCollector }> {
  const outputs = batchOutputs(session)
  const options = { nowMs: processedAtMs, rules: rules ?? firstRules }
  let count = 0
  const others = new RecordArray(records.filter(({ offset }) => !rejects.has(offset)))
  await decideInSteps(session, others, options, (logins, _, traceContexts) => {
    count += logins.count
    outputs.add(logins, [], traceContexts)
  })
  const rejected = records.flatMap((record) => {
    const reject = rejects.get(record.offset)
    return reject === undefined ? [] : [{ record, ...reject }]
  })
  outputs.addRejects(rejected)
  outputs.addInsights(insights)
  return { logins: count, rejects: rejected.length, outputs: outputs.collected }
}
