import type { CommandActor } from '../../domain/access/command-proof.ts'
import type { OperatorCommand } from '../../domain/pipeline/pipeline-state.ts'
import type { PartitionStatus } from '../../workflows/contract.ts'
import type { ReplayOutcome } from '../../domain/batch/replay.ts'
import type { BatchSelection, RejectSelection } from '../../domain/batch/selection.ts'
import type { RedriveRunStatus, ReplayRunStatus } from '../../workflows/run-contract.ts'

/** What every command has. */
export type CommandRequest = {
  topic: string
  reason: string
  actor: CommandActor
  /** A UUID that makes repeating the command safe; null: the command gets a new one. */
  commandId: string | null
}

export type IngestionRequest = CommandRequest & {
  command: OperatorCommand
  /** null: all partitions. */
  partitions: number[] | null
  /** With `resume`: whether to let through the flood of rejects or failures that halted a partition. */
  accept: boolean
}

export type IngestionOutcome = { commandId: string; topic: string; partitions: PartitionStatus[] }

export type BatchRequest = CommandRequest & { command: 'replay' | 'skip'; batchId: bigint }

export type SettledBatch = ReplayOutcome & { commandId: string; batchId: bigint }

export type ReplayRunRequest = CommandRequest & {
  selection: BatchSelection
  dryRun: boolean
  maxPerMinute: number
}

export type RunControlRequest = CommandRequest & {
  command: 'pause_run' | 'resume_run' | 'cancel_run'
  /** The command that started the run. */
  run: string
}

export type RedriveRunRequest = CommandRequest & { selection: RejectSelection; dryRun: boolean }

/**
 * Commands to the pipeline. Each returns once it has taken effect; a run returns once it has something to
 * report. A command that fails throws an InvalidCommandError if nothing was sent, otherwise a
 * NotFoundError or a CommandError.
 */
export type Commands = {
  controlIngestion(request: IngestionRequest): Promise<IngestionOutcome>
  resolveParkedBatch(request: BatchRequest): Promise<SettledBatch>
  startReplayRun(request: ReplayRunRequest): Promise<ReplayRunStatus>
  controlReplayRun(request: RunControlRequest): Promise<ReplayRunStatus>
  startRedriveRun(request: RedriveRunRequest): Promise<RedriveRunStatus>
}
