import type { Plugin } from 'graphql-yoga'
import type { RequestContext } from '../context/context.ts'
import { requestError } from '../context/request-error.ts'
import type { CountLimited } from '../limits/limited.ts'
import type { TimeBudget } from '../limits/time-budget.ts'
import { createFairSlots } from './fair-slots.ts'
import { argumentsOf, type ExecutedRequest, operationType, rootFields, variablesOf } from './operation.ts'
import { readsSets } from './reads-sets.ts'

/**
 * How many requests with expensive questions run at a time: the other connections are left to other requests.
 */
const AT_ONCE = 2
/** Every client leaves room for others. */
const LIMITS = { patienceMs: 10_000, waitingOfOne: 100, runningOfOne: 1 }

/** Complexity of a question that may take Postgres a second or more: a request may ask a few of them. */
export const EXPENSIVE_COMPLEXITY = 3_000

/**
 * Makes requests with expensive questions wait for one of a few slots, before they take a database connection; all
 * requests of a client, too, while it has taken more than its share of time. Clients take turns. Other requests
 * never wait.
 */
export function limitExpensive(budget: TimeBudget, limited: CountLimited): Plugin<RequestContext> {
  const slots = createFairSlots(AT_ONCE, LIMITS)
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      if (operationType(args) !== 'query') return undefined
      const { payers, params } = args.contextValue
      const { client, isWithin, run, cancel } = budget.begin(payers, params)
      const release = isWithin && !isExpensive(args) ? () => undefined : await slots.acquire(client)
      if (release === null) {
        cancel()
        limited('expensive')
        setResultAndStopExecution({ errors: [tooBusy()] })
        return undefined
      }
      const end = run()
      return {
        onExecuteDone: () => {
          end()
          release()
        },
      }
    },
  }
}

/** Whether a request asks a question that its root field declares as expensive. */
function isExpensive(request: ExecutedRequest): boolean {
  const fields = request.schema.getQueryType()?.getFields() ?? {}
  return rootFields(request).some((node) => {
    const field = fields[node.name.value]
    const { expensive = false, expensiveWithSets } = (field?.extensions ?? {}) as Declared
    if (field === undefined || typeof expensive === 'boolean') return expensive === true
    const variables = variablesOf(request)
    const args = variables === null ? null : argumentsOf(field, node, variables)
    return args !== null && (expensive(args) || (expensiveWithSets?.(args) === true && readsSets(request)))
  })
}

/** In `extensions` of a root field. */
type Declared = {
  /** Whether it may take a second or more, always or with some arguments. */
  expensive?: true | ((args: Record<string, unknown>) => boolean)
  /** Whether it may with these arguments if users, devices or addresses are asked for. */
  expensiveWithSets?: (args: Record<string, unknown>) => boolean
}

/** Whether one of these arguments is given. */
export const isGiven =
  (...names: string[]) =>
  (args: Record<string, unknown>): boolean =>
    names.some((name) => args[name] != null)

const tooBusy = () =>
  requestError(
    'DATABASE_BUSY',
    'too many expensive questions are being answered: ask again in a moment, or for a shorter range',
    {
      cap: AT_ONCE,
      retryAfterMs: LIMITS.patienceMs,
      http: { status: 503, headers: { 'retry-after': String(LIMITS.patienceMs / 1000) } },
    },
  )
