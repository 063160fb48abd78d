/** What `rollcall status` asks. `rollcall status --json` prints the answer to `health` as it is. */
export const HEALTH_QUESTION = `{
  health {
    at topic severity lag apiVersion schemaVersion reconciledAt openDiscrepancyCount isAuditIntact
    problems { kind component severity message since partitions batchCount runbook nextSteps { does mutation commandLine } }
    dependencies { kind address isUp latencyMs message replicaLagMs isEncrypted certificate { names expiresAt daysLeft } }
    partitions {
      partition state reason since lag readPerSecond writtenPerSecond oldestUnreadAt drainedAt undrained
      retentionTakesAt retentionBy untaken watermark worker parkedOffsets
    }
    unsettledBatches { batchId partition fromOffset toOffset error isCounted committedAt }
    pendingRollups { rollup batchCount oldestAt }
    workers { name version startedAt }
  }
}`

export type Severity = 'WARN' | 'PAGE'

/** The answer, as JSON has it: moments are ISO 8601, offsets decimal texts. */
export type Health = {
  at: string
  topic: string
  severity: Severity | null
  lag: number | string | null
  apiVersion: string
  schemaVersion: number | null
  reconciledAt: string | null
  openDiscrepancyCount: number | null
  isAuditIntact: boolean | null
  problems: HealthProblem[]
  dependencies: HealthDependency[]
  partitions: HealthPartition[]
  unsettledBatches:
    | {
        batchId: string
        partition: number
        fromOffset: string
        toOffset: string
        error: string | null
        isCounted: boolean
        committedAt: string
      }[]
    | null
  pendingRollups: { rollup: string; batchCount: number; oldestAt: string | null }[] | null
  workers: { name: string; version: string; startedAt: string }[] | null
}

export type HealthProblem = {
  kind: string
  severity: Severity
  message: string
  since: string | null
  runbook: string
  nextSteps: { does: string; mutation: string; commandLine: string | null }[]
}

export type HealthDependency = {
  kind: string
  address: string | null
  isUp: boolean
  latencyMs: number | null
  message: string | null
  replicaLagMs: number | null
  isEncrypted: boolean | null
  certificate: { names: string[]; expiresAt: string; daysLeft: number } | null
}

export type HealthPartition = {
  partition: number
  state: string | null
  lag: number | string | null
  readPerSecond: number | null
  writtenPerSecond: number | null
  oldestUnreadAt: string | null
  drainedAt: string | null
  undrained: string | null
  retentionTakesAt: string | null
  untaken: string | null
}
