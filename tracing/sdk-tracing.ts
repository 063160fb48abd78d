import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from '@opentelemetry/api'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { boundedSampler } from './bounded-sampler.ts'
import { type DeliveryReport, otlpExporter } from './otlp-exporter.ts'
import type { TracingOptions } from './options.ts'
import { remoteParent } from './remote-parent.ts'
import type { Attributes, Span, SpanOptions, SpanPlace, Tracing } from './span.ts'
import type { TracedService } from './start-tracing.ts'

/** More spans wait for nobody: they take some kilobytes each. */
const MAX_WAITING_SPANS = 2_048
/** Names and places; nothing that is longer belongs into a span. */
const MAX_ATTRIBUTE_CHARACTERS = 500
const CLOSE_MS = 2_000

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

/** Traces by the SDK of OpenTelemetry, of which nothing becomes global. */
export function sdkTracing(options: TracingOptions, service: TracedService, report: DeliveryReport): Tracing {
  const { role, version, instance } = service
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        'service.name': `rollcall-${role}`,
        'service.version': version,
        'service.instance.id': instance,
        ...options.resource,
        ...(options.service === null ? {} : { 'service.name': options.service }),
      }),
    ),
    sampler: boundedSampler(options, () => performance.now()),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_CHARACTERS },
    spanProcessors: [
      new BatchSpanProcessor({ exporter: otlpExporter(options, report), maxQueueSize: MAX_WAITING_SPANS }),
    ],
  })
  const tracer = provider.getTracer('rollcall', version)
  return {
    begin: (name, { parent, links = [], ...begun } = {}) => {
      const remote = parent === undefined ? null : remoteParent(parent)
      const context = remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote)
      // One for all spans of a trace, so that they fit each other; the clocks drift apart in days.
      const clockMs = Date.now() - performance.now()
      const span = tracer.startSpan(
        name,
        { ...startOf(begun, clockMs), links: links.flatMap(linkOf) },
        context,
      )
      return span.isRecording() ? spanOf(tracer, span, context, clockMs) : null
    },
    close: async () => {
      const closing = provider.shutdown().catch(() => undefined)
      await Promise.race([closing, sleep(CLOSE_MS, undefined, { ref: false })])
    },
  }
}

/** @param clockMs Unix milliseconds at the origin of `performance.now()` */
function spanOf(tracer: Tracer, span: SdkSpan, context: Context, clockMs: number): Span {
  const inside = trace.setSpan(context, span)
  const { traceId, spanId } = span.spanContext()
  return {
    traceId,
    spanId,
    get hasEnded() {
      return !span.isRecording()
    },
    child: (name, options = {}) =>
      spanOf(tracer, tracer.startSpan(name, startOf(options, clockMs), inside), inside, clockMs),
    set: (attributes) => {
      span.setAttributes(mutable(attributes))
    },
    rename: (name) => {
      span.updateName(name)
    },
    failed: (type) => {
      span.setAttribute('error.type', type)
      span.setStatus({ code: SpanStatusCode.ERROR })
    },
    end: (endMs = performance.now()) => {
      if (span.isRecording()) span.end(clockMs + endMs)
    },
  }
}

const startOf = (
  { kind = 'internal', attributes = {}, startMs = performance.now() }: SpanOptions,
  clockMs: number,
) => ({
  kind: kinds[kind],
  attributes: mutable(attributes),
  startTime: clockMs + startMs,
})

/** The SDK takes lists that it may change, and copies them. */
const mutable = (attributes: Attributes) => attributes as Record<string, string | number | boolean | string[]>

const linkOf = (place: SpanPlace | null): Link[] =>
  place === null
    ? []
    : [{ context: { traceId: place.traceId, spanId: place.spanId, traceFlags: TraceFlags.SAMPLED } }]
