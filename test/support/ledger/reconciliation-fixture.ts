import { expect, onTestFinished } from 'vitest'
import type { Sql, Transaction } from '../../../db/connection/connect.ts'
import { reconcile } from '../../../db/read/reconciliation/reconciliation.ts'
import type { LedgerSelection } from '../../../db/read/reconciliation/reconciliation-ledger.ts'
import type { Difference, DifferenceKind } from '../../../domain/pipeline/reconciliation.ts'
import { createApi } from '../api/api-fixture.ts'

export type Reconciliation = {
  agrees: boolean
  batches: number
  totalsCompared: boolean
  expiredBatches: number
  partitions: Record<string, unknown>[]
  differences: object[]
}

/** Asks the API of a database for its reconciliation. */
export function reconciliationOf(url: string, topic: string) {
  const api = createApi({ url, replicaUrls: [] })
  onTestFinished(() => api.router.close())
  return async (args = ''): Promise<Reconciliation> => {
    const { data, errors } = await api.ask(`{ reconciliation(topic: "${topic}" ${args}) {
      ... on Reconciliation { agrees batches expiredBatches totalsCompared
        partitions { partition incarnation fromOffset toOffset offsets logins rejects rejectsByReason { reason rejects }
                     redriven gaps parked skipped ledger { checkpoint ledgerEnd equal } }
        differences { kind partition subject expected found } }
      ... on Error { message } } }`)
    expect(errors).toBeUndefined()
    return data?.reconciliation as Reconciliation
  }
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
export async function kindsWhen(...asked: Parameters<typeof differencesWhen>): Promise<DifferenceKind[]> {
  return [...new Set((await differencesWhen(...asked)).map(({ kind }) => kind))].sort()
}
