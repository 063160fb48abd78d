import type { RunbookSection } from '../context/runbook.ts'
import type { IngestionProblem, ProblemKind } from './problems.ts'

/** A command that goes on after a problem. */
export type NextStep = {
  /** What it does, in a few words. */
  does: string
  /** The command to the API; `why` in it is the reason that an operator gives. */
  mutation: string
  /** The same for the command line; null: it has no such command. */
  commandLine: string | null
}

export type Severity = 'warn' | 'page'

type Rule = {
  section: RunbookSection
  severity: Severity
}

/** What each kind of problem means to whoever is on call: `page` wakes them, `warn` is for the morning. */
const rules: Record<ProblemKind, Rule> = {
  component_unavailable: { section: 'rollcalldependencyaway', severity: 'page' },
  no_worker: { section: 'rollcallnoworker', severity: 'page' },
  no_upkeep: { section: 'rollcallrollupsbehind', severity: 'warn' },
  not_started: { section: 'rollcallnoworker', severity: 'page' },
  halted: { section: 'halted-partitions', severity: 'page' },
  waiting: { section: 'rollcallpartitionwaiting', severity: 'warn' },
  paused: { section: 'rollcallpaused', severity: 'warn' },
  parked_batches: { section: 'parked-batches', severity: 'warn' },
  withheld_outputs: { section: 'rollcalloutputswithheld', severity: 'warn' },
  retention_near: { section: 'rollcallunreadexpire', severity: 'page' },
  rollups_behind: { section: 'rollcallrollupsbehind', severity: 'warn' },
  replica_behind: { section: 'rollcallreplicabehind', severity: 'warn' },
  discrepancies: { section: 'rollcalldiscrepancy', severity: 'page' },
  reconciliation_overdue: { section: 'rollcallreconciliationoverdue', severity: 'warn' },
  audit_chain_broken: { section: 'rollcallauditbroken', severity: 'page' },
  certificate_expires: { section: 'rollcallcertificateexpires', severity: 'warn' },
}

export const severityOf = (kind: ProblemKind): Severity => rules[kind].severity

/** Where the runbook goes on about a problem. */
export function sectionOf({ kind, reason }: Pick<IngestionProblem, 'kind' | 'reason'>): RunbookSection {
  if (kind !== 'halted') return rules[kind].section
  return isLoss(reason) ? 'accept-a-loss' : isFlood(reason) ? 'resume' : 'halted-partitions'
}

/** The reasons of halts that acceptOffsetLoss ends, as the first table of docs/runbook.md has them. */
const losses = [
  /are gone from Kafka \(retention\)/,
  /are no longer in the log/,
  /was re-created \(id /,
  /ends at \d+, before the checkpoint/,
  /^Postgres has counted what is before /,
  /was set back to \d+/,
  /was created anew and has no partition/,
]
const isLoss = (reason: string): boolean => losses.some((pattern) => pattern.test(reason))
const isFlood = (reason: string): boolean => reason.includes('or resume with accept')

/** The commands that go on after a problem, the first one to try first; none where it ends by itself, or by no command. */
export function nextSteps({ kind, reason, partitions }: IngestionProblem): NextStep[] {
  switch (kind) {
    case 'paused':
      return [resume(partitions)]
    case 'halted':
      if (isLoss(reason)) return [acceptLoss(partitions)]
      return [resume(partitions), ...(isFlood(reason) ? [acceptFlood(partitions)] : partitions.map(park))]
    case 'parked_batches':
      return [planReplay, replay]
    default:
      return []
  }
}

const RESULT = '{ __typename ... on Error { message } }'
const list = (partitions: readonly number[]) => `[${partitions.join(', ')}]`
const options = (partitions: readonly number[]) => `--partition ${partitions.join(',')} --reason "why"`

const resume = (partitions: readonly number[]): NextStep => ({
  does: 'resumes, once the cause is mended',
  mutation: `mutation { resumeIngestion(partitions: ${list(partitions)}, reason: "why") ${RESULT} }`,
  commandLine: `rollcall resume ${options(partitions)}`,
})

const acceptFlood = (partitions: readonly number[]): NextStep => ({
  does: 'resumes, and lets the flood through: its records become rejects',
  mutation: `mutation { resumeIngestion(partitions: ${list(partitions)}, acceptFlood: true, reason: "why") ${RESULT} }`,
  commandLine: `rollcall resume --accept-flood ${options(partitions)}`,
})

const acceptLoss = (partitions: readonly number[]): NextStep => ({
  does: 'gives up what is lost, if it cannot be brought back, and goes on',
  mutation: `mutation { acceptOffsetLoss(partitions: ${list(partitions)}, reason: "why") ${RESULT} }`,
  commandLine: null,
})

const park = (partition: number): NextStep => ({
  does: 'sets aside what is in hand, and goes on behind it',
  mutation: `mutation { parkBatch(partition: ${partition}, reason: "why") ${RESULT} }`,
  commandLine: null,
})

const planReplay: NextStep = {
  does: 'says what a replay would count',
  mutation: `mutation { replayBatches(dryRun: true, reason: "why") ${RESULT} }`,
  commandLine: 'rollcall replay --all --dry-run --reason "why"',
}

const replay: NextStep = {
  does: 'counts the parked batches, once the cause is mended',
  mutation: `mutation { replayBatches(dryRun: false, reason: "why") ${RESULT} }`,
  commandLine: 'rollcall replay --all --reason "why"',
}
