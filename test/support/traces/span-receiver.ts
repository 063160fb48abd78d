import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import protobuf from 'protobufjs'
import { HOST } from '../../../stack/processes/ports.ts'

/** A span as a collector gets it. Ids are hexadecimal, times Unix nanoseconds. */
export type ReceivedSpan = {
  service: string
  traceId: string
  spanId: string
  parentSpanId: string
  name: string
  kind: number
  startNs: bigint
  endNs: bigint
  attributes: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
  isError: boolean
}

export type SpanReceiver = {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT has to be. */
  url: string
  spans: ReceivedSpan[]
  /** Everything that came, decoded, as text. */
  text: () => string
  /** Headers of the requests. */
  headers: IncomingHttpHeaders[]
  close: () => Promise<void>
}

/** Takes traces as a collector does: OTLP over HTTP, in protobuf. It closes connections so that nothing waits for them. */
export async function startSpanReceiver(): Promise<SpanReceiver> {
  const spans: ReceivedSpan[] = []
  const texts: string[] = []
  const headers: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') {
        response.writeHead(404).end()
        return
      }
      headers.push(request.headers)
      const decoded = decode(Buffer.concat(parts))
      texts.push(JSON.stringify(decoded))
      spans.push(...spansOf(decoded))
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
    })
  })
  const { promise, resolve } = Promise.withResolvers<undefined>()
  server.listen(0, HOST, () => {
    resolve(undefined)
  })
  await promise
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    spans,
    text: () => texts.join('\n'),
    headers,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** The part of https://github.com/open-telemetry/opentelemetry-proto that spans have. */
const PROTO = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5; int32 kind = 6;
    fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
    repeated Event events = 11; repeated Link links = 13; Status status = 15;
  }
  message Event { string name = 2; repeated KeyValue attributes = 3; }
  message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; }
  }
  message ArrayValue { repeated AnyValue values = 1; }
`
const Request = protobuf.parse(PROTO).root.lookupType('Request')

type Value = {
  stringValue?: string
  boolValue?: boolean
  intValue?: string
  doubleValue?: number
  arrayValue?: { values?: Value[] }
}
type KeyValues = { key: string; value: Value }[]
type Decoded = {
  resourceSpans: { resource: { attributes: KeyValues }; scopeSpans: { spans: DecodedSpan[] }[] }[]
}
type DecodedSpan = {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes?: KeyValues
  links?: { traceId: string; spanId: string }[]
  status?: { code?: number }
}

const decode = (bytes: Buffer): Decoded =>
  Request.toObject(Request.decode(bytes), { longs: String, bytes: String, arrays: false }) as Decoded

const spansOf = ({ resourceSpans }: Decoded): ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name'])
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ service, ...spanOf(span) })))
  })

const spanOf = (span: DecodedSpan): Omit<ReceivedSpan, 'service'> => ({
  traceId: hexadecimal(span.traceId),
  spanId: hexadecimal(span.spanId),
  parentSpanId: hexadecimal(span.parentSpanId ?? ''),
  name: span.name,
  kind: span.kind,
  startNs: BigInt(span.startTimeUnixNano),
  endNs: BigInt(span.endTimeUnixNano),
  attributes: valuesOf(span.attributes ?? []),
  links: (span.links ?? []).map(({ traceId, spanId }) => ({
    traceId: hexadecimal(traceId),
    spanId: hexadecimal(spanId),
  })),
  isError: span.status?.code === 2,
})

const hexadecimal = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

const valuesOf = (attributes: KeyValues): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]))

function valueOf({ stringValue, boolValue, intValue, doubleValue, arrayValue }: Value): unknown {
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(valueOf)
  return stringValue ?? boolValue ?? doubleValue ?? Number(intValue)
}
