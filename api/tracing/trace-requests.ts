import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'graphql-yoga'
import { activeSpan, during, within } from '../../tracing/active-span.ts'
import type { Span, SpanPlace, Tracing } from '../../tracing/span.ts'
import type { RequestContext } from '../context/context.ts'
import { isRequestId } from '../context/request-id.ts'
import { knownMethod } from '../context/request-notes.ts'
import { isTrustedBy } from '../limits/client-address.ts'
import { type ExecutedRequest, operationType, rootFields } from '../plugins/operation.ts'

type Asked = Pick<ExecutedRequest, 'document' | 'operationName'>

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Begins a trace of each request for /graphql. It goes on from `traceparent` where a trusted proxy sent that: a stranger must not
 * decide what is sampled, nor put spans into the traces of others.
 */
export function traceHandler(tracing: Tracing, trustedProxies: readonly string[], handler: Handler): Handler {
  const isTrusted = isTrustedBy(trustedProxies)
  return (request, response) => {
    const { method = '', url = '', headers, socket } = request
    if (url.split('?')[0] !== '/graphql') return handler(request, response)
    const { traceparent, 'x-request-id': requestId } = headers
    const span = tracing.begin(`${methodOf(method)} /graphql`, {
      kind: 'server',
      attributes: {
        'http.request.method': methodOf(method),
        'http.route': '/graphql',
        ...(isRequestId(requestId) ? { 'rollcall.request.id': requestId } : {}),
      },
      // Of several headers Node makes one text, which is no traceparent.
      parent: isTrusted(socket.remoteAddress ?? '') ? String(traceparent ?? '') : undefined,
    })
    response.once('close', () => span?.end())
    return within(span, () => handler(request, response))
  }
}

/** Says in the span of a request what it asked for, and ends it when its response begins. */
export const traceOperations: Plugin<RequestContext> = {
  onExecute({ args }) {
    activeSpan()?.set(askedFor(args))
  },
  onSubscribe({ args }) {
    activeSpan()?.set(askedFor(args))
  },
  onResultProcess({ result }) {
    const results = Array.isArray(result) ? result : [result]
    const codes = results.flatMap((one) => ('errors' in one ? (one.errors ?? []) : [])).map(codeOf)
    if (codes.length === 0) return
    const span = activeSpan()
    span?.set({ 'rollcall.error.codes': [...new Set(codes)] })
    span?.failed(codes[0] ?? 'none')
  },
  onResponse({ response }) {
    const span = activeSpan()
    span?.set({ 'http.response.status_code': response.status })
    if (response.status >= 500) span?.failed(String(response.status))
    span?.end()
  },
}

/** Makes each execution of a question of subscribers a trace, with a link to the request that subscribed first. */
export function traceExecutions(tracing: Tracing, asked: Asked): <T>(work: () => Promise<T>) => Promise<T> {
  const subscribed: SpanPlace | null = activeSpan()
  return (work) => {
    const span: Span | null = tracing.begin('subscription', {
      attributes: askedFor(asked),
      links: [subscribed],
    })
    return during(span, work)
  }
}

/** Root fields each once, in the order of the document. Names that the schema does not have were refused before. */
const askedFor = (request: Asked) => ({
  'graphql.operation.type': operationType(request) ?? 'none',
  'rollcall.fields': [...new Set(rootFields(request).map(({ name }) => name.value))],
})

const methodOf = (method: string) => knownMethod(method) ?? '_OTHER'

const codeOf = ({ extensions }: { extensions?: Record<string, unknown> }): string =>
  typeof extensions?.['code'] === 'string' ? extensions['code'] : 'none'
