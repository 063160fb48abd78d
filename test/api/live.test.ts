import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { parseReadToken } from '../../db/nodes/read-token.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { insertBatches, insertCounts, insertSightings } from '../support/api/api-rows.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe, type Subscription } from '../support/api/live-client.ts'
import { openPage } from '../support/parts/browser.ts'
import { useDeployment } from '../support/deployment/deployment.ts'
import { untilReplayed } from '../support/deployment/until-state.ts'
import { eventually } from '../support/eventually.ts'

const DAY_MS = 86_400_000
const deployment = useDeployment()
let port = 0
beforeAll(async () => {
  port = await portOf(deployment().start('api/main.ts'))
})

let daysTaken = 0
/** Days whose logins are of one test alone, and what adds logins to the last of them. */
function ownDays(count = 1) {
  const day = Date.parse('2026-01-01') / DAY_MS + daysTaken
  daysTaken += count
  const [from, last, to] = [day, day + count - 1, day + count].map((of) =>
    new Date(of * DAY_MS).toISOString(),
  )
  const range = `from: "${from}", to: "${to}"`
  return {
    day,
    range,
    counts: (more = '') =>
      `subscription { measures(bucket: HOUR, ${range}${more}) { points { attempts } freshness { readAt databaseNode } } }`,
    addLogins: (logins: number) =>
      insertCounts(deployment().sql, [[last?.replace('T00', 'T10') ?? '', 'android', '1.0', 'CA', logins]]),
  }
}

const readAtOf = ({ answer }: Subscription['events'][number]) =>
  Date.parse(answer.extensions?.freshness.readAt ?? '')
/** The node moves on, but no answer. */
const moveOn = () => deployment().sql`update schema_version set version = version`

const loginsIn = (data: Subscription['events'][number]['answer']['data']): number => {
  const { points } = data?.['measures'] as { points: { attempts: number }[] }
  return points.reduce((sum, { attempts }) => sum + attempts, 0)
}
const totals = ({ events }: Subscription) => events.map(({ answer }) => loginsIn(answer.data))

describe('a subscription', () => {
  it('is sent a whole answer when it has changed, at most once a second, each with its freshness', async () => {
    const { counts, addLogins } = ownDays()
    const one = await subscribe(port, counts())
    await eventually(() => {
      expect(totals(one)).toEqual([0])
    })
    await addLogins(3)
    await eventually(() => {
      expect(totals(one)).toEqual([0, 3])
    })
    for (let i = 0; i < 8; i++) {
      await moveOn()
      await sleep(300)
    }
    expect(totals(one)).toEqual([0, 3])
    for (let i = 0; i < 20; i++) {
      await addLogins(1)
      await sleep(150)
    }
    await eventually(() => {
      expect(totals(one).at(-1)).toBe(23)
    })
    const readAt = one.events.map(readAtOf)
    const gaps = readAt.slice(2).map((at, i) => at - (readAt[i + 1] ?? 0))
    // Once a second an execution starts: it may come to read late, and the next one in time.
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(900)
    expect(new Set(one.events.map(({ id }) => id)).size).toBe(one.events.length)
    for (const { answer } of one.events)
      expect(answer.extensions?.freshness).toEqual({
        readAt: expect.stringMatching(/^20\d\d-/) as string,
        watermark: null,
        lag: 0,
        isComplete: true,
      })
  })

  it('is executed once for all who ask it, and those who come later get the newest answer at once', async () => {
    const { counts, addLogins } = ownDays()
    const first = await Promise.all(Array.from({ length: 15 }, () => subscribe(port, counts())))
    await eventually(() => {
      for (const one of first) expect(totals(one)).toEqual([0])
    })
    await addLogins(5)
    await eventually(() => {
      for (const one of first) expect(totals(one)).toEqual([0, 5])
    })
    // Read at the same moment of the same node: by one execution.
    expect(new Set(first.map(({ events }) => events[1]?.text)).size).toBe(1)
    const [, sent] = first[0]?.events ?? []
    if (sent === undefined) expect.fail()
    await moveOn()
    await eventually(async () => {
      const late = await subscribe(port, counts().replace('subscription {', 'subscription   {'))
      await eventually(() => {
        expect(totals(late)).toEqual([5])
      })
      late.close()
      expect(late.events.map(readAtOf)[0]).toBeGreaterThan(readAtOf(sent))
    })
    for (const one of first) expect(totals(one)).toEqual([0, 5])
  })

  it('of measures follows attempts and the people who made them', async () => {
    const { day, range, addLogins } = ownDays()
    const one = await subscribe(
      port,
      `subscription { measures(${range}, groupBy: [DEVICE_TYPE]) { total { attempts users } groups { values } } }`,
    )
    const answers = () => one.events.map(({ answer }) => answer.data?.['measures'])
    await eventually(() => {
      expect(answers()).toEqual([{ total: { attempts: 0, users: 0 }, groups: [] }])
    })
    await addLogins(3)
    const groups = [{ values: ['ANDROID'] }]
    await eventually(() => {
      expect(answers().at(-1)).toEqual({ total: { attempts: 3, users: 0 }, groups })
    })
    const { sql } = deployment()
    await insertSightings(sql, 1, [
      {
        kind: 'user',
        day,
        attempts: 'logins',
        values: ['android', '1.0', 'CA', 'success'],
        ids: ['ann', 'bob'],
      },
    ])
    await rollUpSightings(sql)
    await eventually(() => {
      expect(answers().at(-1)).toEqual({ total: { attempts: 3, users: 2 }, groups })
    })
  })

  it('about people says in extensions.freshness what is counted and not yet in answers about them', async () => {
    const { day, range } = ownDays()
    const { sql } = deployment()
    await insertBatches(sql, [{ id: 500, from: 0, to: 7, committedAt: '2026-03-01T10:00:00Z' }])
    const values = ['android', '1.0', 'CA', 'success']
    await insertSightings(sql, 500, [{ kind: 'user', day, attempts: 'logins', values, ids: ['cleo'] }])
    await untilReplayed(deployment())
    const lagOf = async (field: string) => {
      const live = await subscribe(port, `subscription { measures(${range}) { total { ${field} } } }`)
      await eventually(() => {
        expect(live.events).not.toHaveLength(0)
      })
      live.close()
      return Number(live.events[0]?.answer.extensions?.freshness.lag)
    }
    expect((await lagOf('users')) - (await lagOf('attempts'))).toBe(7)
    await rollUpSightings(sql)
    await untilReplayed(deployment())
    expect((await lagOf('users')) - (await lagOf('attempts'))).toBe(0)
  })

  it('of a list shows its head, and of ingestion its state', async () => {
    const addBatch = (id: number) =>
      insertBatches(deployment().sql, [{ id, from: id, to: id + 1, committedAt: `2026-03-01T10:0${id}:00Z` }])
    await addBatch(1)
    await untilReplayed(deployment())
    const list = await subscribe(
      port,
      'subscription { batches(first: 1, topic: "user-login") { edges { node { batchId } } } }',
    )
    const ingestion = await subscribe(port, 'subscription { ingestion { problems { kind } } }')
    const heads = () => list.events.map(({ answer }) => answer.data)
    const headOf = (batchId: string) => ({ batches: { edges: [{ node: { batchId } }] } })
    await eventually(() => {
      expect(heads()).toEqual([headOf('1')])
      expect(ingestion.events[0]?.answer).toMatchObject({
        data: { ingestion: { problems: expect.any(Array) as unknown } },
      })
    })
    await addBatch(2)
    await eventually(() => {
      expect(heads()).toEqual([headOf('1'), headOf('2')])
    })
  })
})

it('a reader that pauses gets the newest answer when it goes on, and not all that it missed', async () => {
  const { range, addLogins } = ownDays(6)
  // Two megabytes each: ten are more than the kernel keeps for a connection.
  const times = Array.from({ length: 8 }, (_, i) => `t${i}: start`).join(' ')
  const wide = `subscription { measures(bucket: MINUTE, ${range}) { points { attempts ${times} } } }`
  const reader = await subscribe(port, wide)
  const other = await subscribe(port, wide)
  await eventually(() => {
    expect(totals(reader)).toEqual([0])
  })
  reader.pause()
  for (let i = 0; i < 12; i++) {
    await addLogins(1)
    await eventually(() => {
      expect(totals(other).at(-1)).toBe(i + 1)
    })
  }
  expect(totals(reader)).toEqual([0])
  reader.resume()
  await eventually(() => {
    expect(totals(reader).at(-1)).toBe(12)
  })
  expect(reader.events.length).toBeLessThan(other.events.length)
})

it('GraphiQL follows a subscription', async () => {
  const { range, addLogins } = ownDays()
  const page = await openPage()
  const query = `subscription { measures(${range}) { total { attempts } } }`
  await page.goto(`http://${HOST}:${port}/graphql?query=${encodeURIComponent(query)}`)
  await page.getByRole('button', { name: /execute query/i }).click()
  await page.getByText('"attempts": 0').waitFor()
  await addLogins(7)
  await page.getByText('"attempts": 7').waitFor()
})

it('a question that cannot be answered is refused in an event, with its code', async () => {
  const { counts } = ownDays()
  const { events } = await subscribe(port, counts(', timeZone: "Moon"'))
  await eventually(() => {
    expect(events.map(({ answer: { data, errors } }) => [data, errors?.[0]?.extensions])).toEqual([
      [{ measures: null }, { code: 'INVALID_RANGE', argument: 'timeZone' }],
    ])
  })
})

it('an API that is told to stop ends its subscriptions and then itself', async () => {
  const { counts } = ownDays()
  const api = deployment().start('api/main.ts')
  const one = await subscribe(await portOf(api), counts())
  await eventually(() => {
    expect(one.events).toHaveLength(1)
  })
  api.signal('SIGTERM')
  await one.ended
  expect(await api.exited).toBe(0)
  expect(parseReadToken(one.events[0]?.id ?? '')).not.toBeNull()
})
