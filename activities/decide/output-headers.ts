import { type TraceContext, TRACEPARENT, TRACESTATE } from '../../domain/login/trace-context.ts'
import type { OutputRecord } from '../../kafka/records/encode-record-batch.ts'

/** Version of the schema of published messages; consumers may rely on it. */
export const SCHEMA_VERSION = '1'

const utf8 = new TextEncoder()
const SCHEMA_VERSION_HEADER = [utf8.encode('rollcall-schema-version'), utf8.encode(SCHEMA_VERSION)] as const
const SOURCE_NAME = utf8.encode('rollcall-source')

/** @param source topic/partition/offset of a login, or topic/partition of an insight */
export const headers = (source: OutputRecord['key']): OutputRecord['headers'] => [
  SCHEMA_VERSION_HEADER,
  [SOURCE_NAME, source],
]

/** Carry the trace of a record on, unchanged: what Rollcall does with it is no span of that trace. */
export const traceHeaders = ({ traceparent, tracestates }: TraceContext): OutputRecord['headers'] => [
  [TRACEPARENT, traceparent],
  ...tracestates.map((tracestate) => [TRACESTATE, tracestate] as const),
]
