import { createYoga, type GraphiQLRenderer, type Plugin } from 'graphql-yoga'
import { createPrimaryReader, createSingleReader } from '../db/nodes/request-reader.ts'
import { anyFreshness } from '../db/nodes/requirement.ts'
import { readToken } from '../db/nodes/snapshot.ts'
import type { ReadinessChecks } from '../probes/probes.ts'
import { limits } from './context/limits.ts'
import { createCacheValidator } from './context/cache-validator.ts'
import { createContext, type InitialContext, receiveRequest, type RequestContext } from './context/context.ts'
import { type ApiDeps, cacheRoles } from './context/deps.ts'
import type { Logger } from './context/logger.ts'
import { exampleQuery } from './example-query.ts'
import { onlyJsonPosts } from './http/json-posts.ts'
import { answerProbes } from './http/probes.ts'
import { type IngestionSources, readIngestion } from './pipeline/ingestion.ts'
import { limitDocuments } from './plugins/document-limits.ts'
import { createMaskError } from './plugins/mask-error.ts'
import { limitExpensive } from './plugins/limit-expensive.ts'
import { limitRate } from './plugins/rate-limit.ts'
import { giveReadToken } from './plugins/read-after.ts'
import { cacheResponses } from './plugins/response-cache.ts'
import { schema } from './schema/schema.ts'

type ServerDeps = ApiDeps & {
  logger: Logger
  readiness: ReadinessChecks
  limits: { questionsPerSecond: number }
}

/** The GraphQL server: a request handler for node:http, whose `fetch` answers requests without a port. */
export function createServer({ logger, readiness, limits: rateLimits, ...deps }: ServerDeps) {
  const readPrimary = createPrimaryReader(deps.router)
  const sources: IngestionSources = {
    ...deps,
    read: createSingleReader((work) => deps.router.withReadNode(anyFreshness, work)),
    readPrimary,
  }
  return createYoga({
    schema,
    context: (initial: InitialContext): RequestContext => {
      const received = receiveRequest(initial)
      const requestDeps = { ...deps, caller: received.caller }
      return createContext(received, createCacheValidator(requestDeps, cacheRoles, received.requirement))
    },
    plugins: [
      answerProbes(readiness, async () => (await readIngestion(sources, deps.topic)).problems),
      onlyJsonPosts,
      limitDocuments,
      closeContext,
      limitRate(rateLimits, deps.clock),
      limitExpensive(),
      giveReadToken(() => readPrimary(readToken), logger),
      cacheResponses(),
    ],
    maskedErrors: { maskError: createMaskError(logger), isDev: false },
    maxRequestBodySize: limits.bodyBytes,
    graphiql: { title: 'Rollcall', defaultQuery: exampleQuery },
    renderGraphiQL,
    // Without CORS a page of another origin cannot read answers, or send commands, in an operator's browser.
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    logging: false,
  })
}

/**
 * Serves GraphiQL from the package and not from a CDN: it opens without internet, and no other host's code
 * runs in it. Its scripts take 30 MB of memory, so they are loaded only when somebody opens it.
 */
const renderGraphiQL: GraphiQLRenderer = async (options) =>
  (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options)

const closeContext: Plugin<RequestContext> = {
  onExecute({ args }) {
    const { close } = args.contextValue
    return { onExecuteDone: close }
  },
}
