import type { Unsettled } from '../../db/read/ledger/unsettled.ts'
import type { Dependency } from '../../domain/pipeline/failure.ts'
import { NO_UPKEEP, type UpkeepReport } from '../../domain/pipeline/upkeep-report.ts'
import { type IngestState, statesByUrgency } from '../../domain/pipeline/pipeline-state.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import { runbook } from '../context/runbook.ts'
import type { WorkflowStatus, KafkaBounds } from '../context/source-types.ts'
import { sectionOf, type Severity, severityOf } from './next-steps.ts'

/** The parts that a problem can be in. Workers are one, because an operator has to start them. */
export type Component = Dependency | 'worker' | 'identity_provider' | 'directory'

/**
 * States of a partition that are a problem. A retired partition is none, because nothing is left to do for
 * it.
 */
type UnusualState = Exclude<IngestState, 'running' | 'retired'>

export type ProblemKind =
  | 'component_unavailable'
  | 'no_worker'
  | 'no_upkeep'
  | 'not_started'
  | UnusualState
  | 'parked_batches'
  | 'withheld_outputs'
  | HealthProblemKind

/** Those that only `health` looks for. */
export type HealthProblemKind =
  | 'retention_near'
  | 'rollups_behind'
  | 'replica_behind'
  | 'discrepancies'
  | 'reconciliation_overdue'
  | 'audit_chain_broken'
  | 'certificate_expires'

/** A problem of ingestion. The text of `message` before its first colon is a short form of it. */
export type IngestionProblem = {
  kind: ProblemKind
  component: Component
  message: string
  /** The partitions affected; empty: the problem is not about particular ones. */
  partitions: number[]
  /** How many batches wait for an operator; null: the problem is not about batches. */
  batches: number | null
  /** Why partitions are as they are, in the words of whoever or whatever stopped them; '': it is not about that. */
  reason: string
  /** Since when, ISO 8601; null: not known. */
  since: string | null
  severity: Severity
  /** Where to read on, from the root of the project. */
  runbook: string
}

/** A problem without what its kind says of it. */
export type FoundProblem = Omit<IngestionProblem, 'severity' | 'runbook'>

/** Adds how urgent a problem is, and where the runbook goes on. */
export const told = (problem: FoundProblem): IngestionProblem => ({
  ...problem,
  severity: severityOf(problem.kind),
  runbook: runbook(sectionOf(problem)),
})

/** The problems that the sources of an answer about ingestion report, most urgent first. */
export function problemsOf(
  status: WorkflowStatus,
  unsettled: Unsettled | { problem: string },
  kafka: KafkaBounds,
  primary: PrimaryReport,
): IngestionProblem[] {
  return [
    ...(status.known ? [] : [noStatusProblem(status)]),
    ...('problem' in unsettled ? [away('postgres', unsettled.problem)] : awayPrimary(primary)),
    ...(kafka.ok ? [] : [away('kafka', kafka.message)]),
    ...(status.known ? [...withoutUpkeep(primary), ...unusualPartitions(status.partitions)] : []),
    ...('problem' in unsettled ? [] : unsettledBatches(unsettled)),
  ].map(told)
}

export const general = { partitions: [], batches: null, reason: '', since: null }

const away = (component: Component, message: string): FoundProblem => ({
  kind: 'component_unavailable',
  component,
  message,
  ...general,
})

/** What the primary says of upkeep, or why it does not answer. */
export type PrimaryReport = UpkeepReport | { outage: string }

const awayPrimary = (primary: PrimaryReport): FoundProblem[] =>
  'outage' in primary
    ? [away('postgres', `the primary does not answer: nothing is counted until it does (${primary.outage})`)]
    : []

/** Not while no worker answers: that comes first, and may be all that is wrong. */
const withoutUpkeep = (primary: PrimaryReport): FoundProblem[] =>
  'isMissing' in primary && primary.isMissing
    ? [{ kind: 'no_upkeep', component: 'worker', message: NO_UPKEEP, ...general }]
    : []

function noStatusProblem({ why, message }: Extract<WorkflowStatus, { known: false }>): FoundProblem {
  if (why === 'temporal') return away('temporal', message)
  const kind = why === 'worker' ? 'no_worker' : 'not_started'
  return { kind, component: 'worker', message, ...general }
}

const unusualStates = statesByUrgency.filter((state) => state !== 'running' && state !== 'retired')

const whatNext: Record<UnusualState, string> = {
  halted:
    'mend the cause, then send resumeIngestion; docs/runbook.md#halted-partitions has the other ways out',
  waiting: 'continues by itself once that is mended',
  paused: 'resumeIngestion continues',
}

/** Partitions in the same state for the same reason are one problem. */
function unusualPartitions(statuses: readonly PartitionStatus[]): FoundProblem[] {
  return unusualStates.flatMap((state) => {
    const byReason = Map.groupBy(
      statuses.filter((status) => status.state === state),
      ({ reason }) => reason,
    )
    return [...byReason].map(([reason, some]) => unusual(state, reason, some))
  })
}

function unusual(state: UnusualState, reason: string, statuses: PartitionStatus[]): FoundProblem {
  const partitions = statuses.map(({ partition }) => partition)
  const names = partitions.length === 1 ? 'partition' : 'partitions'
  const verb = partitions.length === 1 ? 'is' : 'are'
  const why = reason === '' ? 'no reason was given' : reason
  return {
    kind: state,
    component: 'rollcall',
    message: `${names} ${partitions.join(', ')} ${verb} ${state}: ${why} (${whatNext[state]})`,
    partitions,
    batches: null,
    reason,
    since: statuses.map(({ since }) => since).sort()[0] ?? null,
  }
}

function unsettledBatches({ parkedBatches, parkedOffsets, withheldBatches }: Unsettled): FoundProblem[] {
  const problem = (kind: ProblemKind, batches: number, message: string): FoundProblem[] =>
    batches === 0 ? [] : [{ ...general, kind, component: 'rollcall', message, batches }]
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
      `outputs of ${counted(withheldBatches)} withheld: their attempts are counted, and replayBatch publishes them`,
    ),
  ]
}

const counted = (batches: number) => `${batches} ${batches === 1 ? 'batch' : 'batches'}`
