import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../context/limits.ts'
import type { RequestContext } from '../context/context.ts'
import { requestError } from '../context/request-error.ts'
import type { CountLimited } from '../limits/limited.ts'
import { createTokenBuckets } from '../limits/token-bucket.ts'
import { COMPLEXITY_OF_ONE, costOf } from './cost.ts'
import { type ExecutedRequest, operationType } from './operation.ts'

/** A client may save up as many seconds of its rate for a burst. */
const BURST_SECONDS = 5

/**
 * Caps on how much a client asks, by what its requests cost (cost.ts). Commands have their own cap, so that a busy
 * dashboard does not keep an operator out.
 * @param clientOf who sent a request, as in its context
 * @param told of what each request cost, and of those that are refused
 */
export function limitRate(
  { questionsPerSecond }: { questionsPerSecond: number },
  clock: () => number,
  clientOf: (request: Request) => string,
  told: { charged: (request: ExecutedRequest, cost: number) => void; limited: CountLimited },
): Plugin<RequestContext> {
  const rates = {
    query: {
      perSecond: questionsPerSecond,
      what: 'questions',
      advice: `ask for less: each ${COMPLEXITY_OF_ONE} of complexity count as one question`,
    },
    mutation: {
      perSecond: limits.commandsPerSecond,
      what: 'commands',
      advice: 'replay many batches with one replayBatches',
    },
  } as const
  const buckets = {
    query: createTokenBuckets({ ...rates.query, burst: rates.query.perSecond * BURST_SECONDS }),
    mutation: createTokenBuckets({ ...rates.mutation, burst: rates.mutation.perSecond * BURST_SECONDS }),
  }
  const tooOften = (kind: keyof typeof rates, waitMs: number) => {
    const { perSecond, what, advice } = rates[kind]
    told.limited(what)
    return rateLimited(
      `more than the cap of ${perSecond} ${what} a second: ask again in ${waitMs} ms, or ${advice}`,
      perSecond,
      waitMs,
    )
  }
  const limit = ({ args, setResultAndStopExecution }: Operation) => {
    const { client, address } = args.contextValue
    const type = operationType(args)
    if (type === null || address === null) return
    // To subscribe is a question.
    const kind = type === 'mutation' ? 'mutation' : 'query'
    const cost = costOf(args)
    const waitMs = buckets[kind].take(client, clock(), cost)
    if (waitMs === 0) told.charged(args, cost)
    if (waitMs > 0) setResultAndStopExecution({ errors: [tooOften(kind, waitMs)] })
  }
  /** A document that cannot be run costs work, too. */
  const chargeUnusable = (request: Request, text: unknown) => {
    for (const kind of kindsIn(text)) buckets[kind].charge(clientOf(request), clock(), 1)
  }
  return {
    onParams({ request, params: { query } }) {
      // Before it is parsed and validated, so that refusals take little.
      const waits = kindsIn(query).map((kind) => ({
        kind,
        waitMs: buckets[kind].waitMs(clientOf(request), clock()),
      }))
      const shortest = waits.reduce((one, other) => (other.waitMs < one.waitMs ? other : one))
      if (shortest.waitMs > 0) throw tooOften(shortest.kind, shortest.waitMs)
    },
    onParse:
      ({ context }) =>
      ({ result }) => {
        if (result instanceof Error) chargeUnusable(context.request, context.params.query)
      },
    onValidate:
      ({ context }) =>
      ({ valid }) => {
        if (!valid) chargeUnusable(context.request, context.params.query)
      },
    onExecute: limit,
    onSubscribe: limit,
  }
}

type Operation = {
  args: ExecutionArgs & { document: DocumentNode; contextValue: RequestContext }
  setResultAndStopExecution: (result: ExecutionResult) => void
}

/** What a text that is not parsed yet may be of. */
const kindsIn = (text: unknown): ('query' | 'mutation')[] =>
  typeof text === 'string' && !text.includes('mutation') ? ['query'] : ['query', 'mutation']

const rateLimited = (message: string, cap: number, waitMs: number) =>
  requestError('RATE_LIMITED', message, {
    cap,
    retryAfterMs: waitMs,
    http: { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } },
  })
