import type { Unsettled } from '../../db/read/ledger/unsettled.ts'
import type { Dependency } from '../../domain/pipeline/failure.ts'
import { type IngestState, statesByUrgency } from '../../domain/pipeline/pipeline-state.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import type { WorkflowStatus, KafkaBounds } from '../context/source-types.ts'

/** Workers are a part of their own to whoever has to start one. */
export type ProblemPart = Dependency | 'worker'

/** States of a partition in which something is not as usual; one that is retired stays so, and nothing is left to do. */
type UnusualState = Exclude<IngestState, 'running' | 'retired'>

export type ProblemKind =
  'part_away' | 'no_worker' | 'not_started' | UnusualState | 'parked_batches' | 'withheld_outputs'

/** One thing that is not as it should be. What stands before the first colon of the message is a short form of it. */
export type IngestionProblem = {
  kind: ProblemKind
  part: ProblemPart
  message: string
  /** Which ones are concerned; empty: it is not about some partitions. */
  partitions: number[]
  /** How many batches wait for an operator; null: it is not about batches. */
  batches: number | null
}

/** What the sources of an answer about ingestion say is wrong, most urgent first. */
export function problemsOf(
  status: WorkflowStatus,
  unsettled: Unsettled | { problem: string },
  kafka: KafkaBounds,
  outageOfPrimary: string | null,
): IngestionProblem[] {
  return [
    ...(status.known ? [] : [silence(status)]),
    ...('problem' in unsettled ? [away('postgres', unsettled.problem)] : awayPrimary(outageOfPrimary)),
    ...(kafka.ok ? [] : [away('kafka', kafka.message)]),
    ...(status.known ? unusualPartitions(status.partitions) : []),
    ...('problem' in unsettled ? [] : unsettledBatches(unsettled)),
  ]
}

const general = { partitions: [], batches: null }

const away = (part: ProblemPart, message: string): IngestionProblem => ({
  kind: 'part_away',
  part,
  message,
  ...general,
})

const awayPrimary = (outage: string | null): IngestionProblem[] =>
  outage === null
    ? []
    : [away('postgres', `the primary does not answer: nothing is counted until it does (${outage})`)]

function silence({ why, message }: Extract<WorkflowStatus, { known: false }>): IngestionProblem {
  if (why === 'temporal') return away('temporal', message)
  const kind = why === 'worker' ? 'no_worker' : 'not_started'
  return { kind, part: 'worker', message, ...general }
}

const unusualStates = statesByUrgency.filter((state) => state !== 'running' && state !== 'retired')

const whatNext: Record<UnusualState, string> = {
  halted: 'mend the cause, then resumeIngestion; docs/runbook.md has the other ways out',
  waiting: 'goes on by itself once that is mended',
  paused: 'resumeIngestion goes on',
}

/** Partitions that are in the same state for the same reason are one problem. */
function unusualPartitions(statuses: readonly PartitionStatus[]): IngestionProblem[] {
  return unusualStates.flatMap((state) => {
    const byReason = Map.groupBy(
      statuses.filter((status) => status.state === state),
      ({ reason }) => reason,
    )
    return [...byReason].map(([reason, some]) => unusual(state, reason, some))
  })
}

function unusual(state: UnusualState, reason: string, statuses: PartitionStatus[]): IngestionProblem {
  const partitions = statuses.map(({ partition }) => partition)
  const names = partitions.length === 1 ? 'partition' : 'partitions'
  const verb = partitions.length === 1 ? 'is' : 'are'
  const why = reason === '' ? 'no reason was given' : reason
  return {
    kind: state,
    part: 'rollcall',
    message: `${names} ${partitions.join(', ')} ${verb} ${state}: ${why} (${whatNext[state]})`,
    partitions,
    batches: null,
  }
}

function unsettledBatches({ parkedBatches, parkedOffsets, withheldBatches }: Unsettled): IngestionProblem[] {
  const problem = (kind: ProblemKind, batches: number, message: string): IngestionProblem[] =>
    batches === 0 ? [] : [{ kind, part: 'rollcall', message, partitions: [], batches }]
  return [
    ...problem(
      'parked_batches',
      parkedBatches,
      `${counted(parkedBatches)} parked: ${parkedOffsets} offsets are not counted until the cause is mended and ` +
        'replayBatch or replayBatches counts them; batches(filter: { statuses: [PARKED] }) lists them',
    ),
    ...problem(
      'withheld_outputs',
      withheldBatches,
      `outputs of ${withheldBatches} batches withheld: their logins are counted, and replayBatch publishes them`,
    ),
  ]
}

const counted = (batches: number) => `${batches} ${batches === 1 ? 'batch' : 'batches'}`
