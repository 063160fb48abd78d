import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../context/limits.ts'
import type { RequestContext } from '../context/context.ts'
import { operationType, rootFields } from './operation.ts'
import { createTokenBuckets } from './token-bucket.ts'

const BURST_SECONDS = 5

/** Caps on how often a client asks. Commands have a cap of their own, so that a dashboard cannot keep an operator out. */
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
    mutation: { perSecond: limits.commandsPerSecond, what: 'commands', advice: 'use a run of many' },
  }
  const buckets = {
    query: createTokenBuckets({ ...rates.query, burst: rates.query.perSecond * BURST_SECONDS }),
    mutation: createTokenBuckets({ ...rates.mutation, burst: rates.mutation.perSecond * BURST_SECONDS }),
  }
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const type = operationType(args)
      if (type !== 'query' && type !== 'mutation') return
      const { client } = args.contextValue
      // Questions of a request share a snapshot; commands share nothing.
      const waitMs = buckets[type].take(client, clock(), type === 'mutation' ? rootFields(args).length : 1)
      if (waitMs === 0) return
      const { perSecond, what, advice } = rates[type]
      const message = `more than the cap of ${perSecond} ${what} a second: ask again in ${waitMs} ms, or ${advice}`
      setResultAndStopExecution({ errors: [tooOften(message, perSecond, waitMs)] })
    },
  }
}

const tooOften = (message: string, cap: number, waitMs: number) =>
  new GraphQLError(message, {
    extensions: {
      code: 'RateLimited',
      cap,
      retryAfterMs: waitMs,
      http: { status: 429, headers: { 'retry-after': String(Math.ceil(waitMs / 1000)) } },
    },
  })
