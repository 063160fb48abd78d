import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql'
import type { Role } from '../../domain/access/role.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { formatReadToken, type ReadToken } from '../../db/nodes/read-token.ts'
import { shownUpTo } from '../../db/nodes/snapshot.ts'
import type { Actor } from '../context/actor.ts'
import type { Payers, ReceivedRequest, RequestContext } from '../context/context.ts'
import type { Freshness } from '../context/freshness.ts'
import type { TimeBudget } from '../limits/time-budget.ts'
import { digestOf } from './changes.ts'
import { withoutStatus } from './error-event.ts'
import type { LiveAnswer, LiveAsking } from './live-question.ts'

/** A subscription as the query that it keeps asking. */
export type Question = {
  /** The same for equal questions of equal rights. */
  key: string
  /** Of everybody who asks it. */
  roles: readonly Role[]
  /** Text of the document. */
  query: string
  document: DocumentNode
  operationName: string | undefined
  variables: Record<string, unknown> | undefined
}

/** Executes a question with all limits, the response cache and masked errors. */
export type Execute = (args: {
  schema: GraphQLSchema
  document: DocumentNode
  contextValue: RequestContext
  variableValues: Record<string, unknown> | undefined
  operationName: string | undefined
}) => Promise<{ result: ExecutionResult; reading: Reading | null }>

/** What an answer shows, and how fresh that is. */
export type Reading = { token: ReadToken; freshness: Freshness }

export type Executor = {
  schema: GraphQLSchema
  contextOf: (received: ReceivedRequest) => RequestContext
  execute: Execute
  /** How long the clients that ask a question have to wait for their share of time. */
  waitMs: TimeBudget['waitMs']
  /** Makes executions of a question traces. */
  traceExecutions: (
    asked: Pick<Question, 'document' | 'operationName'>,
  ) => <T>(work: () => Promise<T>) => Promise<T>
  /** What clients see of an error. */
  maskError: (error: unknown) => GraphQLError
}

/**
 * Returns what executes a question once more, for those who share its cost. Every answer says how fresh it is, whatever the question
 * selects.
 */
export function askingOf(
  question: Question,
  { schema, contextOf, execute, waitMs, traceExecutions, maskError }: Executor,
): LiveAsking {
  const { key, roles, query, document, operationName, variables } = question
  const trace = traceExecutions(question)
  const digest = digestOf(schema, document, operationName)
  const params = { query, ...(operationName && { operationName }), ...(variables && { variables }) }
  const received: Omit<ReceivedRequest, 'payers'> = {
    ...{ caller: { actor: live }, viewer: live, client: `live ${key}`, address: null, params, roles },
    validUntilMs: null,
    ...{ requirement: anyFreshness, awaited: null },
  }
  const answerOf = (
    result: ExecutionResult,
    reading: Reading | null,
    look: LiveAnswer['look'],
  ): LiveAnswer => ({
    shown: reading === null ? null : { token: reading.token, position: reading.freshness.position },
    digest: digest(result),
    look,
    event: eventOf(result, reading),
  })
  const ask = async (payers: Payers): Promise<LiveAnswer> => {
    const contextValue = contextOf({ ...received, payers })
    try {
      const args = { schema, document, contextValue, variableValues: variables, operationName }
      const { result, reading } = await execute(args)
      return answerOf(result, reading, contextValue.look)
    } catch (error) {
      return answerOf({ errors: [maskError(error)] }, null, contextValue.look)
    } finally {
      contextValue.close()
    }
  }
  return { ask: (payers) => trace(() => ask(payers)), waitMs: (payers) => waitMs(payers, params) }
}

/** Asks for all subscribers, and commands nothing. */
const live: Actor = { issuer: null, subject: 'live', name: 'live', roles: [], validUntilMs: null }

/** Null: no node can be asked. The answer says so itself, or does not need one. */
export async function readState(
  { read }: Pick<RequestContext, 'read'>,
  readFreshness: () => Promise<Freshness>,
): Promise<Reading | null> {
  try {
    return { token: await read(shownUpTo), freshness: await readFreshness() }
  } catch {
    return null
  }
}

function eventOf(
  { data, errors, extensions: given }: ExecutionResult,
  reading: Reading | null,
): () => Uint8Array {
  let event: Uint8Array | null = null
  return () => {
    const extensions = reading === null ? given : { ...given, freshness: shortFreshness(reading.freshness) }
    const id = reading === null ? '' : `id: ${formatReadToken(reading.token)}\n`
    const answer = JSON.stringify({ data, errors: errors?.map(withoutStatus), extensions })
    return (event ??= Buffer.from(`${id}event: next\ndata: ${answer}\n\n`))
  }
}

const shortFreshness = ({ readAt, watermark, lag, isComplete }: Freshness) => ({
  readAt,
  watermark,
  lag: lag === null ? null : Number(lag),
  isComplete,
})
