import type { Sql } from '../connection/connect.ts'

/** What the audit keeps of the signature of a command, by which anyone can verify it again (signatures/). */
export type KeptProof = {
  keyId: string
  signature: string
  requestedAt: string
  expiresAt: string
  argumentsHash: string
  namespace: string
  workflowId: string
  /** Of the chain of runs that carried it out. */
  firstRunId: string | null
}

export type RecordedCommand = {
  command: string
  topic: string
  partitions: number[] | null
  actor: string
  reason: string
  result: string
  /** Null: its author is unverified. */
  proof: KeptProof | null
  /** Of the chain of runs, if it has no proof. */
  firstRunId: string | null
}

/** What the audit has under the id of a command, oldest first. */
export const readRecordedCommands = (sql: Sql, commandId: string): Promise<RecordedCommand[]> =>
  sql<RecordedCommand[]>`/* readRecordedCommands */
    select command, topic, partitions, actor, reason, result, detail -> 'proof' as proof,
           detail #>> '{sentTo,firstRunId}' as "firstRunId"
    from control_event where command_id = ${commandId} order by id`
