import type { Client } from '@temporalio/client'
import type { AuditDeps } from './audit.ts'
import { controlIngestion, type IngestionOutcome, type IngestionRequest } from './control-ingestion.ts'

/**
 * Commands to the pipeline. Each returns once it has taken effect, and throws an ExpectedError otherwise: InvalidCommandError
 * before anything was sent, else NotFoundError or a CommandError.
 */
export type Commands = {
  controlIngestion(request: IngestionRequest): Promise<IngestionOutcome>
}

export type CommandDeps = AuditDeps & { client: Client; clock: () => number }

export const createCommands = (deps: CommandDeps): Commands => ({
  controlIngestion: (request) => controlIngestion(deps, request),
})
