import { createHash } from 'node:crypto'
import { type ExecutionArgs, type ExecutionResult, print } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import type { Role } from '../../domain/access/role.ts'
import type { ReadToken } from '../../db/nodes/read-token.ts'
import type { Actor } from '../context/actor.ts'
import type { LookAudit } from '../context/audit.ts'
import type { RequestContext } from '../context/context.ts'
import type { Pseudonym } from '../context/masks.ts'
import { noteSubscription } from '../context/request-notes.ts'
import { viewerOf } from '../context/viewer.ts'
import { resumeAfter } from '../context/read-requirement.ts'
import { requestError } from '../context/request-error.ts'
import type { Freshness } from '../context/freshness.ts'
import type { Counted } from '../context/source-types.ts'
import type { CountLimited } from '../limits/limited.ts'
import { asQuery } from './as-query.ts'
import { askingOf, type Execute, type Executor, type Question, type Reading, readState } from './ask-live.ts'
import { createEventStream, type EventStream } from './event-stream.ts'
import type { LiveAnswer, ShownAfter } from './live-question.ts'
import { createLiveQuestions } from './live-questions.ts'
import { sendAudited } from './send-audited.ts'
import { createSubscriptionLimits, type SubscriptionCaps } from './subscription-limits.ts'
import { createTicker } from './ticker.ts'

type LiveDeps = Omit<Executor, 'execute'> & {
  /** The place of a database node in its write-ahead log, in bytes. */
  readPosition: () => Promise<bigint>
  /** Waits until what the request of a subscription names is counted. Null: it need not wait. */
  untilCounted: (
    args: ExecutionArgs & { contextValue: RequestContext & { request: Request } },
  ) => Promise<Counted | null>
  /** How fresh the answer to a question is, whatever it selects. */
  freshnessOf: (args: ExecutionArgs & { contextValue: RequestContext }) => Promise<Freshness>
  /** Ends a subscription as soon as nobody vouches any more for who asks, or their roles are others. */
  watch: (actor: Actor, end: () => void) => () => void
  /** Null: who looks at whom is not audited. */
  lookAudit: LookAudit | null
  pseudonym: Pseudonym
  caps: SubscriptionCaps
  /** Is told how many are open, whenever that changes. */
  showOpen: (open: number) => void
  /** Is told of each that is refused, because there are too many. */
  limited: CountLimited
  /** Unix milliseconds. */
  clock: () => number
}

const EVENT_STREAM = 'text/event-stream'

/**
 * Answers subscriptions as server-sent events. Each has a whole answer and, as its id, the token of what it
 * shows: a client that sends the last id as Last-Event-ID, to whichever API, is never answered with less.
 * Comes after what makes questions wait for their turn, and before the response cache.
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode
 */
export function answerLive({
  readPosition,
  untilCounted,
  freshnessOf,
  watch,
  lookAudit,
  pseudonym,
  caps,
  showOpen,
  limited,
  clock,
  ...deps
}: LiveDeps): Plugin<RequestContext> & Disposable {
  const limits = createSubscriptionLimits(caps)
  const questions = createLiveQuestions(createTicker(readPosition))
  const streams = new Map<Request, EventStream>()
  let isStopping = false
  const readings = new WeakMap<RequestContext, Reading | null>()
  const server = Promise.withResolvers<Execute>()
  const execute: Execute = async (args) => await (await server.promise)(args)

  const open = (question: Question, after: ShownAfter, context: Subscribing): EventStream => {
    const stream = createEventStream()
    const atEnd = (end: () => void) => stream.readable.once('close', end)
    try {
      atEnd(limits.take(context.client))
      const asking = askingOf(question, { ...deps, execute })
      const send =
        lookAudit === null
          ? ({ event }: LiveAnswer) => {
              stream.send(event())
            }
          : sendAudited(stream, lookAudit, viewerOf(context, 'subscription'), pseudonym)
      atEnd(questions.subscribe(question.key, asking, { client: context.client, after, send }))
    } catch (error) {
      limited('subscriptions')
      stream.readable.destroy()
      throw error
    }
    return stream
  }
  return {
    onYogaInit({ yoga }) {
      server.resolve(async (args) => {
        readings.set(args.contextValue, null)
        const result = (await yoga.getEnveloped().execute(args)) as ExecutionResult
        return { result, reading: readings.get(args.contextValue) ?? null }
      })
    },
    // Only now, because an expensive question has waited for its turn before it takes a connection.
    async onExecute({ args }) {
      const { contextValue } = args
      if (!readings.has(contextValue)) return
      readings.set(contextValue, await readState(contextValue, () => freshnessOf(args)))
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const { request, params, roles, validUntilMs, caller } = args.contextValue
      checkAccept(request)
      const tokens = resumeAfter(request)
      const after = afterCounted(tokens, await untilCounted(args))
      const stream = open(questionOf(args, params, roles), after, args.contextValue)
      if (validUntilMs !== null) endAt(stream, validUntilMs - clock())
      stream.readable.once('close', watch(caller.actor, stream.end))
      streams.set(request, stream)
      showOpen(streams.size)
      stream.readable.once('close', () => {
        streams.delete(request)
        showOpen(streams.size)
      })
      noteSubscription()
      if (isStopping) stream.sendAway()
      setResultAndStopExecution(noEvents())
    },
    onResultProcess(hook) {
      const stream = streams.get(hook.request)
      if (stream === undefined) return
      hook.setResultProcessor(
        (_, fetchAPI) => new fetchAPI.Response(bodyOf(stream), { headers }),
        EVENT_STREAM,
      )
    },
    [Symbol.dispose]() {
      isStopping = true
      for (const stream of streams.values()) stream.sendAway()
    },
  }
}

/** Timers take no more than this; whose subscription ends early comes back. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Ends a subscription with the proof of who asked for it. Whoever proves it anew comes back. */
function endAt(stream: EventStream, inMs: number): void {
  const timer = setTimeout(stream.end, Math.min(Math.max(inMs, 0), MAX_TIMER_MS))
  stream.readable.once('close', () => {
    clearTimeout(timer)
  })
}

type Subscribing = RequestContext & { request: Request }

const afterCounted = (tokens: readonly ReadToken[], counted: Counted | null): ShownAfter => ({
  tokens: counted === null || counted.inSets === null ? tokens : [...tokens, counted.inSets.shown],
  position: counted?.position ?? null,
})

const headers = { 'content-type': EVENT_STREAM, 'cache-control': 'no-store', connection: 'close' }

/**
 * Yoga sends streams of Node by `pipe`, which costs a subscriber less than a ReadableStream; fetch's types
 * lack them.
 */
const bodyOf = ({ readable }: EventStream) => readable as unknown as ReadableStream

/** Yoga asks for events before it lets a result processor send others. */
async function* noEvents(): AsyncGenerator<never> {}

function questionOf(
  { document, operationName }: { document: Question['document']; operationName?: string | null | undefined },
  { variables }: GraphQLParams,
  roles: readonly Role[],
): Question {
  const query = asQuery(document)
  const text = print(query)
  const key = createHash('sha256')
    .update(JSON.stringify([text, operationName, variables, roles]))
    .digest('base64')
  return { key, roles, query: text, document: query, operationName: operationName ?? undefined, variables }
}

function checkAccept({ headers }: Request): void {
  const accepted = headers.get('accept') ?? '*/*'
  if (/text\/event-stream|text\/\*|\*\/\*/i.test(accepted)) return
  throw requestError(
    'BAD_REQUEST',
    `a subscription is answered as server-sent events: send accept: ${EVENT_STREAM}`,
    {
      http: { status: 406 },
    },
  )
}
