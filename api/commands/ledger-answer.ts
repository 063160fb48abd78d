import type { BatchRow } from '../../db/read/ledger/batches.ts'
import type { ReplayOutcome } from '../../domain/batch/replay.ts'

/** `workflow`: the ledger cannot answer, because the workflow of the batch has something to do. */
type LedgerAnswer =
  | { by: 'workflow' }
  | { by: 'ledger'; refusal: string }
  /**
   * `isOwn`: the command itself brought the outcome about, and the workflow has recorded that in the audit.
   */
  | { by: 'ledger'; outcome: ReplayOutcome['outcome']; isOwn: boolean }

/**
 * What the ledger answers to a command about a batch: one that is counted and published, or skipped, needs no
 * workflow.
 */
export function ledgerAnswer(
  {
    status,
    revisions,
    command_id: skippedBy,
    withheld_at: withheldAt,
  }: Pick<BatchRow, 'status' | 'revisions' | 'command_id' | 'withheld_at'>,
  { command, commandId }: { command: 'replay' | 'skip'; commandId: string },
): LedgerAnswer {
  if (status === 'parked' || withheldAt !== null) return { by: 'workflow' }
  if (status === 'skipped') return { by: 'ledger', outcome: 'skipped', isOwn: skippedBy === commandId }
  if (command === 'skip')
    return {
      by: 'ledger',
      refusal: `the batch is counted (${status}), and only a parked batch can be skipped`,
    }
  const latest = revisions.at(-1)
  if (latest !== undefined && latest.kind !== 'redrive' && !latest.published) return { by: 'workflow' }
  const own = revisions.find(({ kind, command_id: by }) => kind !== 'redrive' && by === commandId)
  if (own === undefined) return { by: 'ledger', outcome: 'already_applied', isOwn: false }
  return { by: 'ledger', outcome: own.kind === 'publish' ? 'published' : 'replayed', isOwn: true }
}
