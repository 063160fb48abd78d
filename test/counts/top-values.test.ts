import { describe, expect, it } from 'vitest'
import { useCounts } from '../support/api/use-counts.ts'

const { field } = useCounts()

describe('the values of a dimension', () => {
  const top = (args: string) =>
    field<object>(`{
      topValues(from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z", ${args}) {
        ... on TopValues { totalLogins distinctValues values { value logins previousLogins share }
                           other { values logins share } }
        ... on Error { message } } }`)

  it('are ranked from either end, with the others together', async () => {
    expect(await top('dimension: LOCALE, first: 2')).toEqual({
      totalLogins: 94,
      distinctValues: 4,
      values: [
        { value: 'NY', logins: 52, previousLogins: 0, share: 52 / 94 },
        { value: 'RU', logins: 32, previousLogins: 0, share: 32 / 94 },
      ],
      other: { values: 2, logins: 10, share: 10 / 94 },
    })
    expect(await top('dimension: DEVICE_TYPE, first: 1, order: ASC')).toMatchObject({
      values: [{ value: 'unknown', logins: 16 }],
    })
    expect(await top('dimension: US_REGION, first: 3, order: ASC')).toMatchObject({
      values: [
        { value: 'west', logins: 2, previousLogins: 1 },
        { value: 'south', logins: 8 },
        { value: 'other', logins: 32 },
      ],
    })
  })

  it('are a page at most, and who asks for more is told what there is instead', async () => {
    expect(await top('dimension: LOCALE, first: 501')).toEqual({
      message:
        'first: 501 is more than the cap of 500 rows: ask for 500, by order from the other end too, or with a filter; `other` ' +
        'adds up the rest',
    })
  })

  it('are none and not an error when nothing matches', async () => {
    expect(await top('dimension: LOCALE, filter: { locales: ["XX"] }')).toEqual({
      ...{ totalLogins: 0, distinctValues: 0, values: [] },
      other: { values: 0, logins: 0, share: 0 },
    })
  })
})
