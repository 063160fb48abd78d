import type { BatchRow } from '../../db/read/batches.ts'
import type { ReplayOutcome } from '../../domain/replay.ts'

/** `workflow`: the ledger alone cannot answer, something is to be done. */
export type LedgerAnswer =
  | { by: 'workflow' }
  | { by: 'ledger'; refusal: string }
  /** `isOwn`: this very command brought it about, and its workflow keeps the audit of that. */
  | { by: 'ledger'; outcome: ReplayOutcome['outcome']; isOwn: boolean }

/** What the ledger says to the command that is to settle a batch. A settled batch needs no workflow any more. */
export function ledgerAnswer(
  { status, revisions, command_id: skippedBy }: Pick<BatchRow, 'status' | 'revisions' | 'command_id'>,
  { command, commandId }: { command: 'replay' | 'skip'; commandId: string },
): LedgerAnswer {
  if (status === 'parked') return { by: 'workflow' }
  if (status === 'skipped') return { by: 'ledger', outcome: 'skipped', isOwn: skippedBy === commandId }
  if (command === 'skip')
    return { by: 'ledger', refusal: `the batch is counted (${status}): there is nothing to skip` }
  const latest = revisions.at(-1)
  if (latest?.kind === 'replay' && !latest.published) return { by: 'workflow' }
  const isOwn = revisions.some((revision) => revision.kind === 'replay' && revision.command_id === commandId)
  return { by: 'ledger', outcome: isOwn ? 'replayed' : 'already_applied', isOwn }
}
