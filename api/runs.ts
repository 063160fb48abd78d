import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import type { QueryDefinition } from '@temporalio/common'
import {
  redriveRunId,
  redriveRunQuery,
  type RedriveRunStatus,
  replayRunId,
  replayRunQuery,
  type ReplayRunStatus,
} from '../workflows/run-contract.ts'
import { idProblem } from './commands/accept-command.ts'
import { NotFoundError, NoWorkerError, TemporalUnavailableError } from './errors.ts'

/** A query takes some 12 ms; without a worker nobody answers it. */
export const QUERY_DEADLINE_MS = 2_000

/** What runs of many say of themselves, by the command that started them. */
export type Runs = {
  /** @throws {ExpectedError} NotFoundError, NoWorkerError, TemporalUnavailableError */
  replayRun(commandId: string): Promise<ReplayRunStatus>
  /** @throws as replayRun */
  redriveRun(commandId: string): Promise<RedriveRunStatus>
}

export const createRuns = (client: Client): Runs => ({
  replayRun: (commandId) => ask(client, commandId.toLowerCase(), replayRunId, replayRunQuery),
  redriveRun: (commandId) => ask(client, commandId.toLowerCase(), redriveRunId, redriveRunQuery),
})

async function ask<Status>(
  client: Client,
  commandId: string,
  workflowId: (commandId: string) => string,
  query: QueryDefinition<Status>,
): Promise<Status> {
  const problem = idProblem('commandId', commandId)
  if (problem !== null) throw new NotFoundError(`${problem}: no run has another id`)
  const handle = client.workflow.getHandle(workflowId(commandId))
  const soon = <T>(work: () => Promise<T>) => client.withDeadline(Date.now() + QUERY_DEADLINE_MS, work)
  try {
    return await soon(() => handle.query(query))
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new NotFoundError(`no run of the command ${commandId} is known`)
    const cause = { cause: error }
    await soon(() => handle.describe()).catch(() => {
      throw new TemporalUnavailableError(
        'Temporal, which keeps the runs, cannot be reached',
        commandId,
        cause,
      )
    })
    throw new NoWorkerError('no worker answers for the run; start one (npm run worker)', commandId, cause)
  }
}
