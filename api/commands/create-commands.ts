import type { CommandDeps } from './command-deps.ts'
import { controlIngestion } from './control-ingestion.ts'
import type { Commands } from '../context/command-types.ts'
import { startRedriveRun } from './redrive-runs.ts'
import { controlReplayRun, startReplayRun } from './replay-runs.ts'
import { resolveParkedBatch } from './resolve-parked-batch.ts'

/** The commands of the API, sent over Temporal. */
export const createCommands = (deps: CommandDeps): Commands => ({
  controlIngestion: (request) => controlIngestion(deps, request),
  resolveParkedBatch: (request) => resolveParkedBatch(deps, request),
  startReplayRun: (request) => startReplayRun(deps, request),
  controlReplayRun: (request) => controlReplayRun(deps, request),
  startRedriveRun: (request) => startRedriveRun(deps, request),
})
