import type { Reject, SourceRecord } from '../../domain/login/record.ts'
import { firstRules, type DecodeRules } from '../../domain/decode/decode-rules.ts'
import type { OutputCollector } from '../../kafka/write/collect-outputs.ts'
import { batchOutputs, inSteps, type Deciding } from './deciding.ts'

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
  let logins = 0
  let rejected = 0
  await inSteps(session, records, (step) => {
    const known = step.flatMap((record) => {
      const reject = rejects.get(record.offset)
      return reject === undefined ? [] : [{ record, ...reject }]
    })
    const others = step.filter(({ offset }) => !rejects.has(offset))
    const { accepted } = session.deps.decode(others, options)
    logins += accepted.length
    rejected += known.length
    outputs.add({ accepted, rejected: known })
  })
  outputs.addInsights(insights)
  return { logins, rejects: rejected, outputs: outputs.collected }
}
