import { createYoga, type GraphiQLRenderer, type Plugin } from 'graphql-yoga'
import { createPrimaryReader, createSingleReader } from '../db/nodes/request-reader.ts'
import { anyFreshness } from '../db/nodes/requirement.ts'
import { limits } from './context/limits.ts'
import { type ApiContext, type ApiDeps, createContext, type InitialContext } from './context/context.ts'
import { exampleQuery } from './example-query.ts'
import { answerProbes, onlyJsonPosts } from './http/probes.ts'
import { type IngestionSources, readIngestion } from './pipeline/ingestion.ts'
import { limitDocuments } from './plugins/document-limits.ts'
import { createMaskError } from './plugins/mask-error.ts'
import { limitExpensive } from './plugins/limit-expensive.ts'
import { limitRate } from './plugins/rate-limit.ts'
import { giveReadToken } from './plugins/read-after.ts'
import type { ReadinessChecks } from './http/readiness.ts'
import { cacheResponses } from './plugins/response-cache.ts'
import { schema } from './schema/schema.ts'

type ServerDeps = ApiDeps & { readiness: ReadinessChecks; limits: { questionsPerSecond: number } }

/** Answers HTTP requests: `server` is a handler for node:http, `server.fetch` needs no port. */
export function createServer(deps: ServerDeps) {
  const sources: IngestionSources = {
    ...deps,
    read: createSingleReader((work) => deps.router.withReadNode(anyFreshness, work)),
    readPrimary: createPrimaryReader(deps.router),
  }
  return createYoga({
    schema,
    context: (initial: InitialContext) => createContext(deps, initial),
    plugins: [
      answerProbes(deps.readiness, async () => (await readIngestion(sources, deps.topic)).problems),
      onlyJsonPosts,
      limitDocuments,
      closeContext,
      limitRate(deps.limits),
      limitExpensive(),
      giveReadToken(deps.logger),
      cacheResponses(),
    ],
    maskedErrors: { maskError: createMaskError(deps.logger), isDev: false },
    maxRequestBodySize: limits.bodyBytes,
    graphiql: { title: 'Rollcall', defaultQuery: exampleQuery },
    renderGraphiQL,
    // A dashboard of another origin is not meant to send commands with an operator's browser.
    cors: false,
    multipart: false,
    batching: false,
    landingPage: false,
    logging: false,
  })
}

/**
 * From the package and not from a CDN: it opens without internet, and no other host's code runs in it. Its scripts take 30 MB
 * of memory, so they are loaded when somebody opens it.
 */
const renderGraphiQL: GraphiQLRenderer = async (options) =>
  (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options)

const closeContext: Plugin<ApiContext> = {
  onExecute({ args }) {
    const { close } = args.contextValue
    return { onExecuteDone: close }
  },
}
