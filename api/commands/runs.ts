import { WorkflowNotFoundError } from '@temporalio/client'
import type { QueryDefinition } from '@temporalio/common'
import { redriveRunId, redriveRunQuery, replayRunId, replayRunQuery } from '../../workflows/run-contract.ts'
import { idProblem } from './accept-command.ts'
import { NotFoundError, PartUnavailableError } from '../context/errors.ts'
import { explainNoAnswer, type TemporalAccess } from '../sources/temporal-access.ts'
import type { Runs } from '../context/source-types.ts'

/** How long the query of a workflow may take. It takes some 12 ms; without a worker nobody answers. */
export const QUERY_DEADLINE_MS = 2_000

/** Reads the status of runs from their workflows. */
export const createRuns = (access: TemporalAccess): Runs => ({
  replayRun: (commandId) => ask(access, commandId.toLowerCase(), replayRunId, replayRunQuery),
  redriveRun: (commandId) => ask(access, commandId.toLowerCase(), redriveRunId, redriveRunQuery),
})

async function ask<Status>(
  access: TemporalAccess,
  commandId: string,
  workflowId: (commandId: string) => string,
  query: QueryDefinition<Status>,
): Promise<Status> {
  const problem = idProblem('runId', commandId)
  if (problem !== null)
    throw new NotFoundError(`${problem}: it is the id of the command that started the run`, 'runId')
  const { client } = access
  const handle = client.workflow.getHandle(workflowId(commandId))
  try {
    return await client.withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query(query))
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw new NotFoundError(
        `there is no run of command ${commandId}: correct the runId, or see controlEvents if Temporal no longer keeps the run`,
        'runId',
      )
    const { part, message } = await explainNoAnswer(access)
    const code = part === 'worker' ? 'NO_WORKER' : 'TEMPORAL_UNAVAILABLE'
    throw new PartUnavailableError(code, message, { cause: error })
  }
}
