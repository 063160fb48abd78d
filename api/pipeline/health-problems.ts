import { DAY_MS } from '../../domain/time/period.ts'
import type { Dependency, DependencyKind, Outlook } from '../context/source-types.ts'
import type { LedgerHealth, PartitionHealth } from './health.ts'
import { type Component, type FoundProblem, general } from './problems.ts'

const MINUTE_MS = 60_000
/** Time enough to find out and mend, for whoever is woken. */
const RETENTION_NEAR_MS = DAY_MS
/**
 * Sightings follow within seconds, counts by commit time once their five minutes are over by a minute, and lists of logins
 * after those. Counts wait until there are enough of them, which on a quiet site takes as long as it takes.
 */
const ROLLUP_BEHIND_MS: Record<LedgerHealth['rollups'][number]['rollup'], number> = {
  sightings: MINUTE_MS,
  counts_by_commit_time: 10 * MINUTE_MS,
  login_lists: 10 * MINUTE_MS,
  counts: 30 * MINUTE_MS,
}
/** Replicas follow within milliseconds. */
const REPLICA_BEHIND_MS = MINUTE_MS
/** Every five minutes by default. */
const RECONCILIATION_OVERDUE_MS = 60 * MINUTE_MS
const CERTIFICATE_EXPIRES_MS = 14 * DAY_MS

type Found = {
  dependencies: readonly Dependency[]
  partitions: readonly PartitionHealth[]
  ledger: LedgerHealth | null
  nowMs: number
}

/** The problems that the state of ingestion alone does not tell. */
export const healthProblems = ({ dependencies, partitions, ledger, nowMs }: Found): FoundProblem[] => [
  ...partitions.flatMap((partition) => retentionNear(partition, nowMs)),
  ...dependencies.flatMap(awayOrBehind),
  ...dependencies.flatMap((dependency) => certificateExpires(dependency, nowMs)),
  ...(ledger === null ? [] : ofLedger(ledger, nowMs)),
]

const problem = (kind: FoundProblem['kind'], component: Component, message: string): FoundProblem => ({
  ...general,
  ...{ kind, component, message },
})

function retentionNear({ partition, outlook, backlog }: PartitionHealth, nowMs: number): FoundProblem[] {
  const takesMs = outlook?.retention?.atMs ?? null
  if (outlook === null || takesMs === null || takesMs - nowMs > RETENTION_NEAR_MS) return []
  if (backlog?.loss !== 'expired' && isDrainedBefore(outlook, takesMs)) return []
  const when =
    takesMs <= nowMs
      ? 'may take unread records at any moment'
      : `takes unread records from ${iso(takesMs)} on`
  return [
    {
      ...problem(
        'retention_near',
        'kafka',
        `retention comes near: that of Kafka ${when} in partition ${partition}, and they are not read before at the present rate; ` +
          'raise retention.ms or retention.bytes of the topic first, then let the partition read on',
      ),
      partitions: [partition],
    },
  ]
}

const isDrainedBefore = ({ drain }: Outlook, takesMs: number): boolean =>
  drain.atMs === null ? drain.why === 'drained' : drain.atMs < takesMs

const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, -'.000Z'.length)}Z`

const components: Record<DependencyKind, Component> = {
  kafka: 'kafka',
  postgres_primary: 'postgres',
  postgres_replica: 'postgres',
  temporal: 'temporal',
  workers: 'worker',
  upkeep: 'worker',
  identity_provider: 'identity_provider',
  directory: 'directory',
}

/** Kafka, the primary, Temporal, workers and upkeep are problems of ingestion where they are away. */
function awayOrBehind({ kind, isUp, delayMs, message, address }: Dependency): FoundProblem[] {
  if (kind === 'postgres_replica' && (!isUp || (delayMs ?? 0) > REPLICA_BEHIND_MS)) {
    const what = isUp
      ? `is ${Math.round((delayMs ?? 0) / 1_000)} s behind: questions go to other nodes`
      : `does not answer: questions go to other nodes (${message})`
    return [problem('replica_behind', 'postgres', `the replica at ${address} ${what}`)]
  }
  if (isUp || (kind !== 'identity_provider' && kind !== 'directory')) return []
  const who = kind === 'directory' ? 'the directory' : `the identity provider ${address}`
  return [
    problem(
      'component_unavailable',
      components[kind],
      `${who} does not answer: nobody can sign in by it (${message})`,
    ),
  ]
}

function certificateExpires({ kind, address, certificate }: Dependency, nowMs: number): FoundProblem[] {
  if (certificate === null || certificate.expiresAt.getTime() - nowMs > CERTIFICATE_EXPIRES_MS) return []
  const expiresMs = certificate.expiresAt.getTime()
  const when = expiresMs <= nowMs ? `expired ${iso(expiresMs)}` : `expires ${iso(expiresMs)}`
  return [
    problem('certificate_expires', components[kind], `the certificate of ${address} ${when}: renew it there`),
  ]
}

function ofLedger({ rollups, reconciliation, discrepancies }: LedgerHealth, nowMs: number): FoundProblem[] {
  const late = rollups.filter(
    ({ rollup, oldestAt }) => oldestAt !== null && nowMs - oldestAt.getTime() > ROLLUP_BEHIND_MS[rollup],
  )
  const open = discrepancies.filter(({ kind }) => kind !== 'audit_chain')
  const sinceMs = reconciliation === null ? null : nowMs - reconciliation.finishedAt.getTime()
  return [
    ...late.map(({ rollup, batches, oldestAt }) => ({
      ...problem(
        'rollups_behind',
        'worker',
        `rollups are behind: ${batches} batches are not in ${rollup.replaceAll('_', ' ')}; upkeep of a worker catches up by itself`,
      ),
      since: oldestAt?.toISOString() ?? null,
    })),
    ...(open.length === 0
      ? []
      : [
          problem(
            'discrepancies',
            'rollcall',
            `tables disagree: ${open.map(({ kind, open: count }) => `${count} ${kind.replaceAll('_', ' ')}`).join(', ')}; ` +
              'discrepancies lists them',
          ),
        ]),
    ...(discrepancies.length === open.length
      ? []
      : [
          problem(
            'audit_chain_broken',
            'rollcall',
            'the chain of the audit breaks: auditVerification says where',
          ),
        ]),
    ...(sinceMs === null || sinceMs <= RECONCILIATION_OVERDUE_MS
      ? []
      : [
          problem(
            'reconciliation_overdue',
            'worker',
            `no reconciliation has finished for ${Math.floor(sinceMs / MINUTE_MS)} minutes: look at its schedule in the Temporal Web UI`,
          ),
        ]),
  ]
}
