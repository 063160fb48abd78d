import type { SpanContext } from '@opentelemetry/api'
import { isTraceparent } from '../domain/login/trace-context.ts'

const SAMPLED = 1
const utf8 = new TextEncoder()

/** The place that a `traceparent` names; null: it is malformed. Of its flags only `sampled` counts. */
export function remoteParent(traceparent: string): SpanContext | null {
  if (!isTraceparent(utf8.encode(traceparent))) return null
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  return { traceId, spanId, traceFlags: parseInt(flags, 16) & SAMPLED, isRemote: true }
}
