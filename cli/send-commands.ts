import { randomUUID } from 'node:crypto'
import type { Api } from './ask-api.ts'
import { ApiFailure } from './ask-api.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** What a command came to. */
export type Outcome = {
  exitCode: ExitCode
  /** For people, on one line. */
  line: string
  /** What the API answered, or why it did not; with the id of the command. */
  json: Record<string, unknown>
}

/** What all commands have. */
export type Common = { reason: string; commandId: string | null }

const ERROR = '... on Error { message runbook } ... on CommandError { commandId }'
const COMMON = '$reason: String!, $commandId: ID!'

/** Sends a mutation with an id, so that it can be repeated whatever becomes of its answer. */
async function send(
  api: Api,
  field: string,
  document: string,
  variables: Record<string, unknown> & { commandId: string },
  say: (result: Record<string, unknown>) => Outcome,
): Promise<Outcome> {
  const { commandId } = variables
  try {
    const data = await api.ask(document, variables)
    const result = data[field] as (Record<string, unknown> & { __typename: string }) | null
    if (result === null) return uncertain('the API gave no result', commandId)
    const { __typename: type, message, runbook } = result
    if (!type.endsWith('Error')) return say(result)
    const isUncertain = ['CommandFailedError', 'TemporalUnavailableError', 'NoWorkerError'].includes(type)
    const line = `${type === 'BatchFailedError' ? 'failed again' : isUncertain ? 'not done' : 'refused'}: ${String(message)} (${String(runbook)})`
    return {
      exitCode: isUncertain ? exitCodes.uncertain : exitCodes.refused,
      line: isUncertain ? `${line} (repeat with --command-id ${commandId})` : line,
      json: { commandId, ...result },
    }
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    if (error.cause instanceof Error && error.cause.name === 'TimeoutError')
      return uncertain(error.message, commandId)
    throw error
  }
}

const uncertain = (message: string, commandId: string): Outcome => ({
  exitCode: exitCodes.uncertain,
  line: `not known: ${message} (repeat with --command-id ${commandId})`,
  json: { __typename: 'NoAnswer', message, commandId },
})

const idOf = ({ commandId }: Common): string => commandId ?? randomUUID()

type Partitions = Common & { topic: string | null; partitions: number[] | null }
type Stand = { partition: number; state: string; nextOffset: string | null }

/** Pauses or resumes partitions. */
export async function control(
  api: Api,
  command: 'pause' | 'resume',
  { acceptFlood = false, topic, partitions, reason, ...common }: Partitions & { acceptFlood?: boolean },
): Promise<Outcome> {
  const field = command === 'pause' ? 'pauseIngestion' : 'resumeIngestion'
  const flood = acceptFlood ? ', acceptFlood: true' : ''
  const document = `mutation ($topic: String, $partitions: [Int!], ${COMMON}) {
    ${field}(topic: $topic, partitions: $partitions, reason: $reason, commandId: $commandId${flood}) {
      __typename ... on IngestionCommandSuccess { commandId topic partitions { partition state nextOffset } } ${ERROR} } }`
  const variables = { topic, partitions, reason, commandId: idOf({ reason, ...common }) }
  return await send(api, field, document, variables, (result) => {
    const stands = (result['partitions'] as Stand[]).map(
      ({ partition, state, nextOffset }) =>
        `${partition} ${state.toLowerCase()} at ${nextOffset ?? 'an offset not known yet'}`,
    )
    return { exitCode: exitCodes.ok, line: `done: ${stands.join(', ')}`, json: result }
  })
}

/** Replays or skips one batch. */
export async function settle(
  api: Api,
  command: 'replay' | 'skip',
  batchId: string,
  { reason, ...common }: Common,
): Promise<Outcome> {
  const field = command === 'replay' ? 'replayBatch' : 'skipBatch'
  const document = `mutation ($batchId: Offset!, ${COMMON}) {
    ${field}(batchId: $batchId, reason: $reason, commandId: $commandId) {
      __typename ... on BatchCommandSuccess { commandId outcome attempts rejects } ${ERROR} } }`
  const variables = { batchId, reason, commandId: idOf({ reason, ...common }) }
  const outcome = await send(api, field, document, variables, (result) => ({
    exitCode: exitCodes.ok,
    line: `${String(result['outcome']).toLowerCase().replaceAll('_', ' ')}: ${String(result['attempts'])} attempts, ${String(result['rejects'])} rejects`,
    json: { batchId, ...result },
  }))
  return { ...outcome, line: `batch ${batchId} ${outcome.line}`, json: { batchId, ...outcome.json } }
}

/** A run over all parked batches, or some. */
export type Run = Common & {
  topic: string | null
  filter: { batchIds?: string[]; partitions?: number[]; errorContains?: string }
  dryRun: boolean
  maxPerMinute: number | null
}

const RUN = `__typename ... on ReplayRun { runId state isDryRun refusal
  progress { batchCount triedCount replayedCount failedCount }
  plan { attempts rejects failingCount batches { batchId partition fromOffset toOffset attempts rejects error } } }`

/** Starts a replay run; `follow` tells how it goes on. */
export async function startRun(
  api: Api,
  { dryRun, maxPerMinute, filter, topic, reason, ...common }: Run,
): Promise<Outcome> {
  const rate = maxPerMinute === null ? '' : `, maxPerMinute: ${maxPerMinute}`
  const document = `mutation ($topic: String, $filter: ParkedBatchFilter, $dryRun: Boolean!, ${COMMON}) {
    replayBatches(topic: $topic, filter: $filter, dryRun: $dryRun, reason: $reason, commandId: $commandId${rate}) { ${RUN} ${ERROR} } }`
  const variables = { topic, filter, dryRun, reason, commandId: idOf({ reason, ...common }) }
  return await send(api, 'replayBatches', document, variables, sayRun)
}

/** @throws {ApiFailure} */
export async function readRun(api: Api, runId: string): Promise<Outcome> {
  const data = await api.ask(`query ($runId: ID!) { replayRun(runId: $runId) { ${RUN} } }`, { runId })
  return sayRun(data['replayRun'] as Record<string, unknown>)
}

type RunResult = {
  runId: string
  state: string
  isDryRun: boolean
  refusal: string | null
  progress: { batchCount: number; triedCount: number; replayedCount: number; failedCount: number }
  plan: { attempts: number | string; rejects: number | string; failingCount: number } | null
}

function sayRun(result: Record<string, unknown>): Outcome {
  const { state, isDryRun, refusal, progress, plan } = result as RunResult
  if (refusal !== null) return { exitCode: exitCodes.refused, line: `refused: ${refusal}`, json: result }
  const { batchCount, triedCount, replayedCount, failedCount } = progress
  if (isDryRun && plan !== null)
    return {
      exitCode: exitCodes.ok,
      line: `would replay ${batchCount} batches: ${plan.attempts} attempts, ${plan.rejects} rejects; ${plan.failingCount} would fail again`,
      json: result,
    }
  return {
    exitCode: failedCount > 0 || state === 'CANCELLED' ? exitCodes.refused : exitCodes.ok,
    line: `${state.toLowerCase()}: ${triedCount} of ${batchCount} batches tried, ${replayedCount} replayed, ${failedCount} failed again`,
    json: result,
  }
}

/** Whether a run goes on. */
export const isRunning = ({ json }: Outcome): boolean =>
  json['__typename'] === 'ReplayRun' && ['PLANNING', 'RUNNING'].includes(String(json['state']))
