import { createYoga, type Plugin } from 'graphql-yoga'
import { createLatestReader, createPrimaryReader, createSingleReader } from '../db/nodes/request-reader.ts'
import { anyFreshness } from '../db/nodes/requirement.ts'
import { readToken } from '../db/nodes/snapshot.ts'
import type { apiMetrics } from '../metrics/api-metrics.ts'
import type { MadeMetrics } from '../metrics/metric.ts'
import type { Tracing } from '../tracing/span.ts'
import type { ReadinessChecks } from '../probes/probes.ts'
import { limits } from './context/limits.ts'
import { createCacheValidator } from './context/cache-validator.ts'
import {
  clientOf,
  createContext,
  type InitialContext,
  type ReceivedRequest,
  receiveRequest,
  type RequestContext,
} from './context/context.ts'
import { type ApiDeps, cacheRoles } from './context/deps.ts'
import type { Pseudonym } from './context/masks.ts'
import type { Audit, LookAudit } from './context/audit.ts'
import type { Logger } from './context/logger.ts'
import { noteCost } from './context/request-notes.ts'
import { CSRF_HEADER } from './context/own-headers.ts'
import type { RefusalCounter } from './http/count-refusals.ts'
import type { IdentityProvider } from './identity/identify.ts'
import type { BrowserSignIn } from './identity/sessions/browser-sign-in.ts'
import { compressAnswers } from './http/compress-answers.ts'
import { containErrors } from './http/contain-errors.ts'
import { serveExplorer } from './http/explorer-page.ts'
import { takeGraphqlRequests } from './http/graphql-requests.ts'
import { identifyRequests } from './http/identify-requests.ts'
import { answerProbes } from './http/probes.ts'
import { createAddressLimit } from './limits/address-limit.ts'
import { createTimeBudget } from './limits/time-budget.ts'
import { createIdentityLimits } from './limits/identity-limits.ts'
import type { ClientAddress, Incoming } from './limits/client-address.ts'
import { answerLive } from './live/answer-live.ts'
import type { SubscriptionCaps } from './live/subscription-limits.ts'
import { countLimited, measureCost, measureRequests } from './metrics/measure-requests.ts'
import { type IngestionSources, readIngestion } from './pipeline/ingestion.ts'
import { auditAwaited, auditLooks } from './plugins/audit-looks.ts'
import { auditRefusals } from './plugins/audit-refusals.ts'
import { awaitRecords, untilCounted } from './plugins/await-records.ts'
import { limitDocuments } from './plugins/document-limits.ts'
import { hideSchema } from './plugins/hide-schema.ts'
import { createMaskError } from './plugins/mask-error.ts'
import { limitExpensive } from './plugins/limit-expensive.ts'
import { nameArguments } from './plugins/name-arguments.ts'
import { giveWarnings } from './plugins/give-warnings.ts'
import { type PersistedDocuments, runPersistedDocuments } from './plugins/persisted-documents.ts'
import { limitRate } from './plugins/rate-limit.ts'
import { giveReadToken } from './plugins/read-after.ts'
import { noteRequests } from './plugins/note-requests.ts'
import { readsSets } from './plugins/reads-sets.ts'
import { cacheResponses } from './plugins/response-cache.ts'
import { refuseCommands } from './plugins/refuse-commands.ts'
import { engagementFreshness } from './questions/engagement-freshness.ts'
import { schema } from './schema/schema.ts'
import { signInPages } from './sign-in/sign-in-pages.ts'
import { createAwaitCounted } from './sources/await-counted.ts'
import { createLook } from './sources/records-seen.ts'
import { traceExecutions, traceOperations } from './tracing/trace-requests.ts'

type ServerDeps = ApiDeps & {
  audit: Audit
  /** Null: who looked at whom is not audited. */
  lookAudit: LookAudit | null
  refusals: RefusalCounter
  logger: Logger
  identity: IdentityProvider
  /** Null: nobody signs in in a browser. */
  signIn: BrowserSignIn | null
  clientAddress: ClientAddress
  /** The names of the API, besides IP addresses and localhost. */
  allowedHosts: readonly string[]
  /** Stands for personal values where roles may not see them. */
  pseudonym: Pseudonym
  readiness: ReadinessChecks
  limits: { questionsPerSecond: number; clientMsPerSecond: number; subscriptions: SubscriptionCaps }
  documents: PersistedDocuments
  metrics: MadeMetrics<typeof apiMetrics>
  tracing: Tracing
  /** How much clients may learn of the schema by asking. */
  explorer: { introspection: boolean; graphiql: boolean }
}

/** The GraphQL server: a request handler for node:http, whose `fetch` answers requests without a port. */
export function createServer(server: ServerDeps) {
  const {
    audit,
    lookAudit,
    refusals,
    logger,
    identity,
    signIn,
    clientAddress,
    allowedHosts,
    pseudonym,
    readiness,
    limits: rateLimits,
    documents,
    explorer,
    metrics,
    tracing,
    ...deps
  } = server
  const contained = containErrors(logger)
  const limited = countLimited(metrics)
  const charged = measureCost(metrics)
  const identityLimits = {
    addressOf: clientAddress,
    ofAddress: createAddressLimit(rateLimits.questionsPerSecond, deps.clock),
    ofIdentity: createIdentityLimits(deps.clock),
    limited,
  }
  const identified = identifyRequests(identity.identify, identityLimits, refusals.count)
  const pages =
    signIn === null ? null : signInPages({ signIn, limits: identityLimits, refused: refusals.count, logger })
  const readPrimary = createPrimaryReader(deps.router)
  const sources: IngestionSources = {
    ...deps,
    read: createSingleReader((work) => deps.router.withReadNode(anyFreshness, work)),
    readPrimary,
  }
  const contextOf = (received: ReceivedRequest): RequestContext => {
    const requestDeps = { ...deps, caller: received.caller }
    const validated = createCacheValidator(requestDeps, cacheRoles, received.requirement)
    return createContext(received, validated, { pseudonym, auditsLooks: lookAudit !== null })
  }
  const maskError = createMaskError(logger, schema, explorer.introspection)
  const counted = createAwaitCounted(
    deps.topic,
    createLook(deps.topic, createLatestReader(deps.router), deps.kafkaBounds),
  )
  const budget = createTimeBudget(rateLimits.clientMsPerSecond, () => performance.now())
  return createYoga<Incoming, RequestContext>({
    schema,
    context: (initial: InitialContext) =>
      contextOf(receiveRequest(initial, identified.senderOf(initial.request), deps.topic)),
    plugins: [
      contained(
        answerProbes({
          checks: { ...readiness, identity: identity.check, ...signIn?.readiness },
          readProblems: async () => (await readIngestion(sources, deps.topic)).problems,
          rolesOf: identified.rolesOf,
          allowedHosts,
          logger,
        }),
      ),
      measureRequests(metrics),
      noteRequests,
      traceOperations,
      contained(compressAnswers()),
      contained(identified),
      ...(pages === null ? [] : [contained(pages)]),
      contained(serveExplorer(explorer.graphiql, pages === null ? {} : { [CSRF_HEADER]: '1' })),
      ...(explorer.introspection ? [] : [hideSchema]),
      contained(takeGraphqlRequests),
      limitDocuments,
      nameArguments(explorer.introspection),
      runPersistedDocuments(documents),
      closeContext,
      limitRate(rateLimits, deps.clock, (request) => clientOf(identified.senderOf(request)), {
        charged: (request, cost) => {
          charged(request, cost)
          noteCost(cost)
        },
        limited,
      }),
      refuseCommands,
      ...(lookAudit === null ? [] : [auditAwaited(lookAudit)]),
      awaitRecords(counted),
      auditRefusals(audit, deps.clock),
      limitExpensive(budget, limited),
      giveReadToken(() => readPrimary(readToken), logger),
      giveWarnings,
      ...(lookAudit === null ? [] : [auditLooks(lookAudit)]),
      answerLive({
        schema,
        contextOf,
        maskError,
        traceExecutions: (asked) => traceExecutions(tracing, asked),
        untilCounted: untilCounted(counted),
        // People follow counts by about a second.
        freshnessOf: (args) =>
          readsSets(args) ? engagementFreshness(args.contextValue) : args.contextValue.freshness(),
        waitMs: budget.waitMs,
        readPosition: () => sources.read(({ position }) => Promise.resolve(position)),
        lookAudit,
        pseudonym,
        watch: identity.watch ?? (() => () => undefined),
        caps: rateLimits.subscriptions,
        showOpen: (open) => {
          metrics.rollcall_subscriptions.set(open)
        },
        limited,
        clock: deps.clock,
      }),
      cacheResponses((isCached) => {
        metrics[isCached ? 'rollcall_cached_answers_total' : 'rollcall_uncached_answers_total'].inc()
      }),
    ],
    maskedErrors: { maskError, isDev: false },
    maxRequestBodySize: limits.bodyBytes,
    graphiql: false,
    // api/http/cors.ts lets the pages of some origins read answers, refusals that come before this server too.
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    logging: false,
  })
}

const closeContext: Plugin<RequestContext> = {
  onExecute({ args }) {
    const { close } = args.contextValue
    return { onExecuteDone: close }
  },
}
