import { expect, onTestFinished } from 'vitest'
import type { Sql, Transaction } from '../../../db/connection/connect.ts'
import { reconcile } from '../../../db/read/reconciliation/reconciliation.ts'
import type { LedgerSelection } from '../../../db/read/reconciliation/reconciliation-ledger.ts'
import type { Difference, DiscrepancyKind } from '../../../domain/pipeline/reconciliation.ts'
import { type Answer, createApi } from '../api/api-fixture.ts'

export type Reconciliation = {
  isConsistent: boolean
  batchCount: number
  hasComparedTotals: boolean
  expiredBatchCount: number
  partitions: Record<string, unknown>[]
  discrepancies: object[]
}

/** Asks the API of a database for its reconciliation. */
export function reconciliationOf(url: string, topic: string) {
  const ask = answersOf(url, topic)
  return async (args = ''): Promise<Reconciliation> => {
    const { data, errors } = await ask(args)
    expect(errors).toBeUndefined()
    return data?.reconciliation as Reconciliation
  }
}

/** The same, for reconciliations that may be refused. */
export function answersOf(url: string, topic: string) {
  const api = createApi({ url, replicaUrls: [] })
  onTestFinished(() => api.router.close())
  return (args = ''): Promise<Answer> =>
    api.ask(`{ reconciliation(topic: "${topic}" ${args}) {
      isConsistent batchCount expiredBatchCount hasComparedTotals
        partitions { partition incarnation fromOffset toOffset offsets attempts rejects rejectsByReason { reason rejects }
                     redrivenAttempts gaps parkedOffsets skippedOffsets ledger { checkpoint ledgerEnd isEqual } }
        discrepancies { kind partition subject expected found } } }`)
}

/** Every batch. */
export const everything: LedgerSelection = {
  partitions: null,
  fromOffset: null,
  toOffset: null,
  committed: { from: null, to: null },
}

class RolledBack extends Error {}

/** Makes the tables disagree. */
export type Break = (tx: Transaction) => Promise<unknown>

/** Differences once `broken` is done, which is undone then. */
export async function differencesWhen(
  sql: Sql,
  topic: string,
  broken: Break,
  selection = everything,
): Promise<Difference[]> {
  const differences: Difference[] = []
  const trial = sql.begin(async (tx) => {
    await broken(tx)
    const found = await reconcile((query) => query({ sql: tx }), topic, selection, 1_000)
    if (found !== 'too_many_batches') differences.push(...found.differences)
    throw new RolledBack()
  })
  await expect(trial).rejects.toThrow(RolledBack)
  return differences
}

/** Their kinds, each once. */
export async function kindsWhen(...asked: Parameters<typeof differencesWhen>): Promise<DiscrepancyKind[]> {
  return [...new Set((await differencesWhen(...asked)).map(({ kind }) => kind))].sort()
}
