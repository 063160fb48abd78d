import type { DocumentNode, ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../context/limits.ts'
import type { RequestContext } from '../context/context.ts'
import { requestError } from '../context/request-error.ts'
import { operationType, rootFields } from './operation.ts'
import { createTokenBuckets } from '../limits/token-bucket.ts'

/** A client may save up as many seconds of its rate for a burst. */
const BURST_SECONDS = 5

/**
 * Caps on how often a client asks. Commands have their own cap, so that a busy dashboard does not keep an
 * operator out.
 */
export function limitRate(
  { questionsPerSecond }: { questionsPerSecond: number },
  clock: () => number,
): Plugin<RequestContext> {
  const rates = {
    query: {
      perSecond: questionsPerSecond,
      what: 'questions',
      advice: 'ask for several fields in one request',
    },
    mutation: {
      perSecond: limits.commandsPerSecond,
      what: 'commands',
      advice: 'replay many batches with one replayBatches',
    },
  }
  const buckets = {
    query: createTokenBuckets({ ...rates.query, burst: rates.query.perSecond * BURST_SECONDS }),
    mutation: createTokenBuckets({ ...rates.mutation, burst: rates.mutation.perSecond * BURST_SECONDS }),
  }
  const limit = ({ args, setResultAndStopExecution }: Operation) => {
    const type = operationType(args)
    if (type === null) return
    // To subscribe is a question.
    const kind = type === 'mutation' ? 'mutation' : 'query'
    const { client } = args.contextValue
    // The questions of a request share one snapshot and count as one; each command counts.
    const waitMs = buckets[kind].take(client, clock(), kind === 'mutation' ? rootFields(args).length : 1)
    if (waitMs === 0) return
    const { perSecond, what, advice } = rates[kind]
    const message = `more than the cap of ${perSecond} ${what} a second: ask again in ${waitMs} ms, or ${advice}`
    setResultAndStopExecution({ errors: [tooOften(message, perSecond, waitMs)] })
  }
  return { onExecute: limit, onSubscribe: limit }
}

type Operation = {
  args: { document: DocumentNode; operationName?: string | null | undefined; contextValue: RequestContext }
  setResultAndStopExecution: (result: ExecutionResult) => void
}

const tooOften = (message: string, cap: number, waitMs: number) =>
  requestError('RATE_LIMITED', message, {
    cap,
    retryAfterMs: waitMs,
    http: { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } },
  })
