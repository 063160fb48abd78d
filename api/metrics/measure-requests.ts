import type { Plugin } from 'graphql-yoga'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { MadeMetrics } from '../../metrics/metric.ts'
import type { apiMetrics } from '../../metrics/api-metrics.ts'
import type { RequestContext } from '../context/context.ts'
import { errorCodes } from '../context/error-codes.ts'
import { knownMethod } from '../context/request-notes.ts'
import type { CountLimited } from '../limits/limited.ts'
import { type ExecutedRequest, operationType, rootFields } from '../plugins/operation.ts'

type Metrics = MadeMetrics<typeof apiMetrics>

/** Measures requests. Comes before the plugins that answer a request without executing it. */
export function measureRequests(metrics: Metrics): Plugin<RequestContext> {
  const begun = new WeakMap<Request, number>()
  return {
    onRequest({ request }) {
      begun.set(request, performance.now())
    },
    onResponse({ request, response }) {
      const startMs = begun.get(request)
      metrics.rollcall_http_requests_total.inc({ method: methodOf(request), status: response.status })
      if (startMs !== undefined)
        metrics.rollcall_http_request_duration_seconds.observe((performance.now() - startMs) / 1_000)
    },
    onExecute({ args }) {
      const startMs = performance.now()
      const operation = operationType(args)
      if (operation === null) return undefined
      const fields = fieldsOf(args)
      for (const field of fields) metrics.rollcall_fields_total.inc({ field, operation })
      return {
        onExecuteDone: () => {
          const durationS = (performance.now() - startMs) / 1_000
          for (const field of fields) metrics.rollcall_field_duration_seconds.observe({ field }, durationS)
        },
      }
    },
    onSubscribe({ args }) {
      for (const field of fieldsOf(args))
        metrics.rollcall_fields_total.inc({ field, operation: 'subscription' })
    },
    onResultProcess({ result }) {
      for (const one of Array.isArray(result) ? result : [result])
        if ('errors' in one)
          for (const { extensions } of one.errors ?? [])
            metrics.rollcall_refusals_total.inc({ code: codeOf(extensions['code']) })
    },
  }
}

/** Adds what a request costs to each of its fields. */
export const measureCost =
  (metrics: Metrics) =>
  (request: ExecutedRequest, cost: number): void => {
    const fields = fieldsOf(request)
    for (const field of fields) metrics.rollcall_field_cost_total.inc({ field }, cost / fields.length)
  }

/** Counts what limits refuse. */
export const countLimited =
  (metrics: Metrics): CountLimited =>
  (limit) => {
    metrics.rollcall_rate_limited_total.inc({ limit })
  }

/** Counts what the audit has of this API. */
export const countAuditEvents =
  (metrics: Metrics) =>
  ({ kind, result }: AuditEvent): void => {
    metrics.rollcall_audit_events_total.inc({ kind, outcome: result })
  }

/** The root fields of requests that are being answered. */
const known = new WeakMap<ExecutedRequest, readonly string[]>()

/** Each root field once. Names that the schema does not have were refused before. */
function fieldsOf(request: ExecutedRequest): readonly string[] {
  const fields = known.get(request) ?? [...new Set(rootFields(request).map(({ name }) => name.value))]
  known.set(request, fields)
  return fields
}

const methodOf = ({ method }: Request) => knownMethod(method) ?? 'other'

const codeOf = (code: unknown): string => (typeof code === 'string' && code in errorCodes ? code : 'none')
