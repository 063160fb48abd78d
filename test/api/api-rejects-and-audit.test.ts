import { describe, expect, it } from 'vitest'
import { recordControlEvent } from '../../db/ledger/control-events.ts'
import { insertBatches } from '../support/api/api-rows.ts'
import type { Connection } from '../support/parts/connection.ts'
import { useApi } from '../support/api/use-api.ts'

/** Of the records: milliseconds, nanoseconds, none. */
const timestamps = ['1772359200000', '1772359200000000001', '-1']

const { sql: database, ask } = useApi(async (sql) => {
  await insertBatches(sql, [{ id: 0, from: 0, to: 10, committedAt: '2026-03-01T10:00:00Z' }])
  for (let offset = 0; offset < 3; offset++) {
    await sql`
      insert into rejected_login (topic, partition, kafka_offset, batch_id, reason, detail, key, value, headers,
                                  record_timestamp, rejected_at)
      values ('user-login', 0, ${offset}, 0, ${offset === 1 ? 'empty' : 'not_json'}, 'nothing of use', ${Buffer.from('k')},
              ${offset === 1 ? null : Buffer.alloc(2000, 'x')}, '[["trace", "AQI="]]',
              ${timestamps[offset] ?? '0'}, '2026-03-01T10:00:01.123456Z')`
  }
})

describe('rejectedRecords', () => {
  it('shows the raw record, shortened, with its reason', async () => {
    const { data } = await ask(`{ rejectedRecords(filter: { reasons: [NOT_JSON, EMPTY], partitions: [0] }) {
      edges { node {
        offset reason detail keyBase64 valueBytes valueText headers { name valueBase64 } rejectedAt } } } }`)
    const rows = (data?.rejectedRecords as Connection).edges.map(({ node }) => node)
    expect(rows.map(({ offset, reason }) => [offset, reason])).toEqual([
      ['2', 'NOT_JSON'],
      ['1', 'EMPTY'],
      ['0', 'NOT_JSON'],
    ])
    expect(rows[0]).toMatchObject({
      keyBase64: 'aw==',
      valueBytes: 2000,
      valueText: 'x'.repeat(1024),
      headers: [{ name: 'trace', valueBase64: 'AQI=' }],
      rejectedAt: '2026-03-01T10:00:01.123Z',
    })
    expect(rows[1]).toMatchObject({ valueBytes: null, valueText: null })
  })

  it('shows the moment of the record where there is one, and always what stands in the record', async () => {
    const { data } = await ask(`{ rejectedRecords {
      edges { node { offset recordedAt recordTimestamp isWhole valueSha256 } } } }`)
    const rows = (data?.rejectedRecords as Connection).edges.map(({ node }) => node)
    const whole = { isWhole: true, valueSha256: null }
    expect(rows).toEqual([
      { offset: '2', recordedAt: null, recordTimestamp: '-1', ...whole },
      { offset: '1', recordedAt: null, recordTimestamp: '1772359200000000001', ...whole },
      { offset: '0', recordedAt: '2026-03-01T10:00:00.000Z', recordTimestamp: '1772359200000', ...whole },
    ])
  })
})

describe('rejects that were redriven', () => {
  it('are told apart from the others, with every attempt', async () => {
    await database()`update rejected_login set redriven_in = 1 where kafka_offset = 2`
    for (const [commandId, outcome, at] of [
      ['second', 'login', '2026-03-02T10:00:00Z'],
      ['first', 'not_an_object', '2026-03-01T12:00:00Z'],
    ] as const)
      await database()`
        insert into redrive_attempt values (0, 2, ${commandId}, ${at}::text::timestamptz, 'test', ${outcome}, '')`
    const list = async (redriven: boolean) => {
      const { data } = await ask(`{ rejectedRecords(filter: { isRedriven: ${redriven} }) {
        edges { node {
          offset isRedriven redrives { runId triedAt isAttempt reason } } } } }`)
      return (data?.rejectedRecords as Connection).edges.map(({ node }) => node)
    }
    expect(await list(true)).toEqual([
      {
        offset: '2',
        isRedriven: true,
        redrives: [
          {
            runId: 'first',
            triedAt: '2026-03-01T12:00:00.000Z',
            isAttempt: false,
            reason: 'NOT_AN_OBJECT',
          },
          { runId: 'second', triedAt: '2026-03-02T10:00:00.000Z', isAttempt: true, reason: null },
        ],
      },
    ])
    expect(await list(false)).toEqual(
      ['1', '0'].map((offset) => ({ offset, isRedriven: false, redrives: [] })),
    )
  })
})

describe('controlEvents', () => {
  it('shows who did what and why, a command once however often it was written, and another of the same id as well', async () => {
    const event = {
      commandId: 'c1',
      requestedAt: '2026-03-01T10:00:00Z',
      actor: { issuer: 'https://login.example', subject: 'ann', name: 'ann' },
      command: 'pause',
      topic: 'user-login',
      partitions: [0],
      reason: 'maintenance',
      result: 'done' as const,
      detail: { partitions: [{ partition: 0, nextOffset: '7' }] },
    }
    await recordControlEvent(database(), event)
    await recordControlEvent(database(), event)
    await recordControlEvent(database(), { ...event, command: 'park' })
    const list = async (command: string) => {
      const { data } =
        await ask(`{ controlEvents(filter: { actor: "ann (https://login.example)", results: [DONE], commands: [${command}] }) {
        edges { node { commandId command reason result partitions detail isVerified } } } }`)
      return (data?.controlEvents as Connection).edges.map(({ node }) => node)
    }
    expect(await list('RESUME_INGESTION')).toEqual([])
    expect(await list('PARK_BATCH')).toMatchObject([{ commandId: 'c1', command: 'PARK_BATCH' }])
    expect(await list('RESUME_INGESTION, PAUSE_INGESTION')).toEqual([
      {
        commandId: 'c1',
        command: 'PAUSE_INGESTION',
        reason: 'maintenance',
        result: 'DONE',
        partitions: [0],
        detail: { partitions: [{ partition: 0, nextOffset: '7' }] },
        isVerified: true,
      },
    ])
  })
})
