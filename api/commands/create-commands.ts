import type { RedriveRunStatus, ReplayRunStatus } from '../../workflows/run-contract.ts'
import type { CommandDeps } from './command-deps.ts'
import { controlIngestion, type IngestionOutcome, type IngestionRequest } from './control-ingestion.ts'
import { type RedriveRunRequest, startRedriveRun } from './redrive-runs.ts'
import {
  controlReplayRun,
  type ReplayRunRequest,
  type RunControlRequest,
  startReplayRun,
} from './replay-runs.ts'
import { type BatchRequest, settleBatch, type SettledBatch } from './settle-batch.ts'

/**
 * Commands to the pipeline. Each returns once it has taken effect, and throws an ExpectedError otherwise: InvalidCommandError
 * before anything was sent, else NotFoundError or a CommandError.
 */
export type Commands = {
  controlIngestion(request: IngestionRequest): Promise<IngestionOutcome>
  settleBatch(request: BatchRequest): Promise<SettledBatch>
  startReplayRun(request: ReplayRunRequest): Promise<ReplayRunStatus>
  controlReplayRun(request: RunControlRequest): Promise<ReplayRunStatus>
  startRedriveRun(request: RedriveRunRequest): Promise<RedriveRunStatus>
}

export const createCommands = (deps: CommandDeps): Commands => ({
  controlIngestion: (request) => controlIngestion(deps, request),
  settleBatch: (request) => settleBatch(deps, request),
  startReplayRun: (request) => startReplayRun(deps, request),
  controlReplayRun: (request) => controlReplayRun(deps, request),
  startRedriveRun: (request) => startRedriveRun(deps, request),
})
