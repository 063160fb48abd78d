import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { insertLogins } from '../support/api/logins-by-day.ts'
import { DAY_MS, logins, useEngagement } from '../support/api/engagement-world.ts'
import { createApi, createDatabase, NOW_MS } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'

const { field } = useEngagement({ isRolledUp: true })

const KEPT_FROM = '2026-02-24T00:00:00.000Z'
const kept = logins.filter(({ eventTimeMs }) => eventTimeMs >= Date.parse(KEPT_FROM))

type Page = {
  edges: object[]
  from: string | null
  to: string | null
  rowsKeptFrom: string | null
  isExpired: boolean
  freshness: { complete: boolean; incompleteBecause: { cause: string }[] }
  message?: string
}
const LISTED = `... on LoginConnection { edges { node { userId } } from to rowsKeptFrom isExpired
  freshness { complete incompleteBecause { cause } } } ... on Error { message } ... on RowsGoneError { keptFrom }`
const list = (filter: string) => field<Page>(`{ logins(first: 500, filter: { ${filter} }) { ${LISTED} } }`)

describe('logins', () => {
  it('say which range they are of, and that it is whole, when nothing of it is expired', async () => {
    const lastDay = await list('')
    expect(lastDay).toMatchObject({
      // The default begins on a whole minute.
      from: '2026-02-28T12:00:00.000Z',
      to: null,
      rowsKeptFrom: KEPT_FROM,
      isExpired: false,
      freshness: { complete: true, incompleteBecause: [] },
    })
    const asked = await list(`event: { from: "${KEPT_FROM}", to: "2026-02-25T00:00:00Z" }`)
    expect(asked).toMatchObject({ from: KEPT_FROM, to: '2026-02-25T00:00:00.000Z', isExpired: false })
  })

  it('say that they are not complete when the rows of a part of the range are gone', async () => {
    const page = await list('event: { from: "2026-02-01T00:00:00Z" }')
    expect(page.edges).toHaveLength(kept.length)
    expect(page).toMatchObject({
      rowsKeptFrom: KEPT_FROM,
      isExpired: true,
      freshness: { complete: false, incompleteBecause: [{ cause: 'ROWS_EXPIRED' }] },
    })
  })

  it('are refused when the rows of all of the range are gone, and not when it never had any', async () => {
    expect(await list('event: { from: "2026-02-01T00:00:00Z", to: "2026-02-20T00:00:00Z" }')).toEqual({
      message: expect.stringMatching(/rows are kept from 2026-02-24.*Batch\.events/) as unknown,
      keptFrom: KEPT_FROM,
    })
    expect(await list('event: { from: "2020-02-01T00:00:00Z", to: "2020-02-20T00:00:00Z" }')).toMatchObject({
      edges: [],
      isExpired: false,
    })
  })

  it.for(['userId', 'deviceId', 'ip'] as const)(
    'of one %s are all that are kept, unless a range is given',
    async (key) => {
      const [first] = kept
      const id = first?.[key] ?? ''
      const page = await list(`${key}: "${id}"`)
      expect(page.edges).toHaveLength(kept.filter((login) => login[key] === id).length)
      const isOld = logins.some((login) => login[key] === id && login.eventTimeMs < Date.parse(KEPT_FROM))
      expect(page).toMatchObject({ from: null, to: null, isExpired: isOld })
    },
  )

  it('of nobody who is known are none, and nothing of them is gone', async () => {
    expect(await list('userId: "nobody"')).toMatchObject({ edges: [], isExpired: false })
  })

  it('of a batch say that some of its rows are gone', async () => {
    expect(await list('batchId: "1"')).toMatchObject({ isExpired: true, freshness: { complete: false } })
    expect(await list('batchId: "2"')).toMatchObject({ edges: [], isExpired: false })
  })

  it('are refused where no rows are kept at all', async () => {
    const database = await createDatabase(inject('databaseUrl'))
    onTestFinished(database.drop)
    await insertBatches(database.sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
    const api = createApi({ url: database.urlOn(inject('databaseUrl')), replicaUrls: [] })
    onTestFinished(() => api.router.close())
    const indexed = async () => (await api.ask(`{ logins { ${LISTED} } }`)).data?.logins
    expect(await indexed()).toMatchObject({ edges: [], rowsKeptFrom: null, isExpired: false })
    const recent = logins.filter(({ eventTimeMs }) => eventTimeMs >= NOW_MS - DAY_MS)
    await insertLogins(database.sql, recent, { nowMs: NOW_MS, retentionDays: 0 })
    expect(await indexed()).toEqual({
      message: expect.stringMatching(/no rows are kept/) as unknown,
      keptFrom: null,
    })
  })
})

describe('what the logins of somebody had in common', () => {
  it('says that rows before a day are gone', async () => {
    const { traits } = await field<{ traits: Page }>(
      `{ user(id: "user-1") { ... on Profile { traits { rowsKeptFrom isExpired freshness { complete } } } } }`,
    )
    expect(traits).toEqual({ rowsKeptFrom: KEPT_FROM, isExpired: true, freshness: { complete: false } })
  })
})
