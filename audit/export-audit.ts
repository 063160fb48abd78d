import type { Sql } from '../db/connection/connect.ts'
import { readChain, readCheckpoint } from '../db/ledger/audit-chain.ts'
import { canonicalJson } from '../domain/audit/canonical-json.ts'
import { FIRST_HASH } from '../domain/audit/explain-break.ts'
import type { HeadsRead } from './read-heads.ts'

/** About 5 MB of events of the usual size are held at a time. */
const PAGE_ROWS = 5_000

/**
 * The audit as lines of JSON, each with a `type`: where the chain begins, its events in order, then the heads that were
 * published. `body` is text, because its bytes are what was hashed. docs/audit.md says how to verify it.
 */
export async function* exportAudit(sql: Sql, { heads }: HeadsRead): AsyncGenerator<string> {
  const [first] = await readChain(sql, 0, 1)
  const after = (first?.seq ?? 1) - 1
  const checkpoint = after === 0 ? null : await readCheckpoint(sql, after)
  yield canonicalJson({ type: 'begin', after, hash: checkpoint?.detail.hash ?? FIRST_HASH })
  let last = after
  for (;;) {
    const rows = await readChain(sql, last, PAGE_ROWS)
    for (const { seq, hash, body } of rows) yield canonicalJson({ type: 'event', seq, hash, body })
    last = rows.at(-1)?.seq ?? last
    if (rows.length < PAGE_ROWS) break
  }
  for (const head of heads) yield canonicalJson({ type: 'head', ...head })
}
