import type { ExecutionResult } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Plugin } from 'graphql-yoga'
import type { Validator } from '../context/cache-validator.ts'
import type { RequestContext } from '../context/context.ts'
import { operationType } from './operation.ts'

type Entry = Pick<RequestContext, 'look'> & {
  result: ExecutionResult
  validator: Validator
  askedAtMs: number
}

/** Memory of all answers. */
const MAX_BYTES = 64 * 1024 * 1024
/** A larger answer is not cached: it is rare, and would displace many others. */
const MAX_ENTRY_BYTES = 1024 * 1024

/**
 * Caches answers. A cached answer is given while its validator matches: the node that would answer is at the
 * same place of its write-ahead log, Kafka's logs are unchanged, and time has not changed the answer. So no
 * commit is missed, and clients read what they wrote. A client that allows staleness
 * (x-rollcall-max-staleness-ms) gets any answer that is young enough without a question to the node, and
 * waits while the same question is being answered. `freshness` in the answer says how old it is.
 * @param answered is told of each question whether its answer is given again
 */
export function cacheResponses(
  answered: (isCached: boolean) => void = () => undefined,
): Plugin<RequestContext> {
  const entries = new LRUCache<string, Entry>({
    maxSize: MAX_BYTES,
    maxEntrySize: MAX_ENTRY_BYTES,
    sizeCalculation: ({ result }) => Math.ceil(memoryOf(result)),
  })
  const running = new Map<string, Promise<void>>()
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      if (operationType(args) !== 'query') return undefined
      const context = args.contextValue
      const key = keyOf(context)
      const equal = running.get(key)
      if (equal !== undefined && allowsStaleness(context)) await equal
      const entry = entries.get(key)
      if (entry !== undefined && (await isGood(entry, context))) {
        // A cached answer shows what it showed when it was made.
        context.look = entry.look
        answered(true)
        setResultAndStopExecution(entry.result)
        return undefined
      }
      answered(false)
      const done = Promise.withResolvers<undefined>()
      running.set(key, done.promise)
      return {
        async onExecuteDone({ result }) {
          try {
            await keep(entries, key, context, result)
          } finally {
            if (running.get(key) === done.promise) running.delete(key)
            done.resolve(undefined)
          }
        },
      }
    },
  }
}

const BYTES_PER_VALUE = 16
const BYTES_PER_CHARACTER = 2

/** How many elements of a list are measured. They are alike, and there may be ten thousands. */
const SAMPLES = 16

/** An estimate of the bytes that a value takes in memory. */
function memoryOf(value: unknown): number {
  if (typeof value === 'string') return BYTES_PER_VALUE + BYTES_PER_CHARACTER * value.length
  if (typeof value !== 'object' || value === null) return BYTES_PER_VALUE
  if (!Array.isArray(value)) return BYTES_PER_VALUE + memoryOfAll(Object.values(value))
  const count = Math.min(SAMPLES, value.length)
  const samples = Array.from(
    { length: count },
    (_, i): unknown => value[Math.floor((i * value.length) / count)],
  )
  return BYTES_PER_VALUE + (memoryOfAll(samples) * value.length) / Math.max(1, count)
}

const memoryOfAll = (values: readonly unknown[]): number =>
  values.reduce<number>((bytes, value) => bytes + BYTES_PER_VALUE + memoryOf(value), 0)

const keyOf = ({ params: { query, operationName, variables }, roles }: RequestContext): string =>
  JSON.stringify([query, operationName, variables, roles])

const allowsStaleness = ({ requirement: { maxStalenessMs }, awaited }: RequestContext) =>
  maxStalenessMs !== null && awaited === null

/**
 * Never for a request that has waited: a commit is in the write-ahead log a moment before snapshots show it, so
 * that an answer may lack what was committed at its place in the log.
 */
async function isGood({ validator, askedAtMs }: Entry, context: RequestContext): Promise<boolean> {
  if (context.hasWaited) return false
  const { maxStalenessMs } = context.requirement
  const ageMs = context.cacheValidator.askedAtMs - askedAtMs + validator.replicaLagMs
  if (maxStalenessMs !== null && allowsStaleness(context) && ageMs <= maxStalenessMs) return true
  return await context.cacheValidator.matches(validator)
}

async function keep(
  entries: LRUCache<string, Entry>,
  key: string,
  { cacheValidator, look }: RequestContext,
  result: ExecutionResult | AsyncIterable<ExecutionResult>,
): Promise<void> {
  if (Symbol.asyncIterator in result || result.errors !== undefined) return
  const validator = await cacheValidator.used()
  if (validator === null) return
  // The same object each time, which nobody may change: what is made of an answer is kept beside it.
  entries.set(key, { result: Object.freeze(result), validator, askedAtMs: cacheValidator.askedAtMs, look })
}
