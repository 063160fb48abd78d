import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { insertLogins } from '../support/api/logins-by-day.ts'
import { DAY_MS, logins, useEngagement } from '../support/api/engagement-world.ts'
import { createApi, createDatabase, NOW_MS, refusalIn } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'

const { field, refusal } = useEngagement({ isRolledUp: true })

const KEPT_FROM = '2026-02-24T00:00:00.000Z'
const kept = logins.filter(({ eventTimeMs }) => eventTimeMs >= Date.parse(KEPT_FROM))

type Page = {
  edges: object[]
  from: string | null
  to: string | null
  rowsKeptFrom: string | null
  isExpired: boolean
  freshness: { isComplete: boolean; incompleteReasons: { cause: string }[] }
}
const LISTED = `edges { node { userId } } from to rowsKeptFrom isExpired
  freshness { isComplete incompleteReasons { cause } }`
const listing = (args: string) => `{ attempts(first: 500, ${args}) { ${LISTED} } }`
const list = (args: string) => field<Page>(listing(args))

describe('attempts', () => {
  it('say which range they are of, and that it is whole, when nothing of it is expired', async () => {
    const lastDay = await list('')
    expect(lastDay).toMatchObject({
      // The default begins on a whole minute.
      from: '2026-02-28T12:00:00.000Z',
      to: null,
      rowsKeptFrom: KEPT_FROM,
      isExpired: false,
      freshness: { isComplete: true, incompleteReasons: [] },
    })
    const asked = await list(`from: "${KEPT_FROM}", to: "2026-02-25"`)
    expect(asked).toMatchObject({ from: KEPT_FROM, to: '2026-02-25T00:00:00.000Z', isExpired: false })
  })

  it('say that they are not complete when the rows of a part of the range are gone', async () => {
    const page = await list('from: "2026-02-01"')
    expect(page.edges).toHaveLength(kept.length)
    expect(page).toMatchObject({
      rowsKeptFrom: KEPT_FROM,
      isExpired: true,
      freshness: { isComplete: false, incompleteReasons: [{ cause: 'ROWS_EXPIRED' }] },
    })
  })

  it('are refused when the rows of all of the range are gone, and not when it never had any', async () => {
    const gone = 'from: "2026-02-01", to: "2026-02-20"'
    expect(await refusal(listing(gone))).toEqual({
      ...{ code: 'DATA_GONE', argument: 'from' },
      message: expect.stringMatching(/rows are kept from 2026-02-24.*Batch\.events/) as unknown,
      keptFrom: KEPT_FROM,
    })
    expect(await list('from: "2020-02-01", to: "2020-02-20"')).toMatchObject({
      edges: [],
      isExpired: false,
    })
  })

  it.for([
    ['users', 'userId'],
    ['devices', 'deviceId'],
    ['addresses', 'ip'],
  ] as const)('of some %s are all that are kept, unless a range is given', async ([condition, key]) => {
    const [first] = kept
    const id = first?.[key] ?? ''
    const page = await list(`filter: { ${condition}: ["${id}", "192.0.2.255"] }`)
    expect(page.edges).toHaveLength(kept.filter((login) => login[key] === id).length)
    const isOld = logins.some((login) => login[key] === id && login.eventTimeMs < Date.parse(KEPT_FROM))
    expect(page).toMatchObject({ from: null, to: null, isExpired: isOld })
  })

  it('of nobody who is known are none, and nothing of them is gone', async () => {
    expect(await list('filter: { users: ["nobody"] }')).toMatchObject({ edges: [], isExpired: false })
  })

  it('of a batch say that some of its rows are gone', async () => {
    expect(await list('filter: { batchId: "1" }')).toMatchObject({
      isExpired: true,
      freshness: { isComplete: false },
    })
    expect(await list('filter: { batchId: "2" }')).toMatchObject({ edges: [], isExpired: false })
  })

  it('are refused where no rows are kept at all', async () => {
    const database = await createDatabase(inject('databaseUrl'))
    onTestFinished(database.drop)
    await insertBatches(database.sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
    const api = createApi({ url: database.urlOn(inject('databaseUrl')), replicaUrls: [] })
    onTestFinished(() => api.router.close())
    const indexed = () => api.ask(`{ attempts { ${LISTED} } }`)
    expect((await indexed()).data?.attempts).toMatchObject({
      edges: [],
      rowsKeptFrom: null,
      isExpired: false,
    })
    const recent = logins.filter(({ eventTimeMs }) => eventTimeMs >= NOW_MS - DAY_MS)
    await insertLogins(database.sql, recent, { nowMs: NOW_MS, retentionDays: 0 })
    expect(refusalIn((await indexed()).errors)).toMatchObject({
      code: 'DATA_GONE',
      message: expect.stringMatching(/no rows are kept/) as unknown,
      keptFrom: null,
    })
  })
})

describe('what the attempts of somebody had in common', () => {
  it('says that rows before a day are gone', async () => {
    const { traits } = await field<{ traits: Page }>(
      `{ user(userId: "user-1") { traits { rowsKeptFrom isExpired freshness { isComplete } } } }`,
    )
    expect(traits).toEqual({ rowsKeptFrom: KEPT_FROM, isExpired: true, freshness: { isComplete: false } })
  })
})
