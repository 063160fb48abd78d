import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { explainTls } from '../tls/explain-tls.ts'
import { tlsOptions } from '../tls/tls-client.ts'
import type { TracingOptions } from './options.ts'

/** Tries again within it, with growing pauses; then what was to be sent is dropped. */
const EXPORT_TIMEOUT_MS = 10_000

/** At its end a process sends all that waits at once: 2,048 spans, 512 a request, besides one that is under way. */
const MAX_REQUESTS = 5

/** Is told when spans begin to be dropped, with the reason, and when they are taken again, with how many were dropped. */
export type DeliveryReport = { lost: (reason: string) => void; taken: (dropped: number) => void }

/** Sends spans as OTLP over HTTP, in protobuf. Files of certificates are read anew for each connection. */
export function otlpExporter(
  { url, headers, tls }: Pick<TracingOptions, 'url' | 'headers' | 'tls'>,
  report: DeliveryReport,
): SpanExporter {
  const exporter = new OTLPTraceExporter({
    url,
    headers: () => Promise.resolve(headers()),
    timeoutMillis: EXPORT_TIMEOUT_MS,
    concurrencyLimit: MAX_REQUESTS,
    httpAgentOptions: (protocol) =>
      protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : httpsAgent(tls),
  })
  let dropped: number | null = null
  const noteDelivery = (spans: readonly ReadableSpan[], { code, error }: ExportResult) => {
    if (code === ExportResultCode.SUCCESS) {
      if (dropped !== null) report.taken(dropped)
      dropped = null
      return
    }
    if (dropped === null) report.lost((error && explainTls(error, tls)?.message) ?? reasonOf(error))
    dropped = (dropped ?? 0) + spans.length
  }
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        noteDelivery(spans, result)
        done({ code: ExportResultCode.SUCCESS })
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  }
}

function httpsAgent(tls: TracingOptions['tls']): HttpsAgent {
  const agent = new HttpsAgent({ keepAlive: true })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, callback) =>
    connect({ ...options, ...tlsOptions(tls, options.host ?? '') }, callback)
  return agent
}

/** The body of an answer may be anything: it is not told. */
function reasonOf(error: Error | undefined): string {
  const { code, message = 'it gives no reason' } = (error ?? {}) as { code?: unknown; message?: string }
  if (typeof code === 'number') return `it answers with status ${code}`
  return message === '' && typeof code === 'string' ? code : message
}
