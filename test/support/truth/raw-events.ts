import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { onTestFinished } from 'vitest'

/** A message as it was sent, and where it is in Kafka. */
export type RawEvent = {
  partition: number
  offset: number
  recordedMs: number
  /** The generator's word for it: null is a login, else why it is none. */
  reject: string | null
  /** Was parked at first: counted alone and later. */
  parked: boolean
  /** Of the logins that were sent first. */
  early: boolean
  text: string
}

export type Rows = Record<string, unknown>[]

/**
 * What was sent, for questions in another engine's SQL: `login` has the messages that are logins, read from their own JSON by
 * DuckDB, `reject` the others. Nothing of the product is used.
 */
export async function openRawEvents(
  events: readonly RawEvent[],
  folder: string,
): Promise<(sql: string) => Promise<Rows>> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'raw-events.ndjson')
  writeFileSync(file, events.map((event) => JSON.stringify(event)).join('\n'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  onTestFinished(() => {
    connection.closeSync()
    instance.closeSync()
    rmSync(file)
  })
  await connection.run(`set timezone = 'UTC'`)
  await connection.run(`
    create table event as select * from read_ndjson('${file}', columns = {
      partition: 'INTEGER', "offset": 'BIGINT', recordedMs: 'BIGINT', reject: 'VARCHAR', parked: 'BOOLEAN', early: 'BOOLEAN', text: 'VARCHAR'})`)
  await connection.run(`create table reject as select * from event where reject is not null`)
  await connection.run(`
    create table login as
    select partition, "offset", parked, early, recordedMs as recorded_ms,
           (text->>'$.timestamp')::bigint * 1000 as event_ms,
           to_timestamp((text->>'$.timestamp')::bigint) as event_at,
           text->>'$.user_id' as user_id, text->>'$.device_id' as device_id, text->>'$.ip' as ip,
           text->>'$.locale' as locale, text->>'$.app_version' as app_version,
           coalesce(text->>'$.device_type', 'unknown') as device_type, text->>'$.outcome' as sent_outcome,
           case when lower(trim(sent_outcome)) in ('success', 'succeeded', 'ok', 'true', '1') then 'success'
                when lower(trim(sent_outcome)) in ('failure', 'failed', 'denied', 'error', 'false', '0') then 'failure'
                else 'unknown' end as outcome
    from event where reject is null`)
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
}
