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
