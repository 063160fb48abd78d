import { describe, expect, it } from 'vitest'
import { createCalendar } from '../time/calendar.ts'
import { areReadByDays, hasOldHalves, type HeldSets, sourcesOf } from './set-sources.ts'

const berlin = createCalendar('Europe/Berlin')
const at = (text: string) => Date.parse(`2026-${text}Z`)
const span = (from: string, to: string) => ({ fromMs: at(from), toMs: at(to) })
const day = (date: string) => at(`${date}T00:00`) / 86_400_000

const held: HeldSets = {
  areInBitmaps: true,
  exactFrom: -Infinity,
  listsFromMs: at('06-01T00:00'),
  isDayMade: null,
}
const onlyLists = { ...held, areInBitmaps: false }
const made = { ...held, isDayMade: (one: number) => one < day('07-10') }

const sourceOf = (range: { fromMs: number; toMs: number }, with_: HeldSets = held) => {
  const found = sourcesOf([{ span: range, held: with_ }], berlin)
  return found && { basis: found.basis, ...found.sources[0] }
}

describe('a span is answered', () => {
  const berlinsDay = span('06-30T22:00', '07-01T22:00')
  it.each([
    ['by bitmaps if it is whole days of UTC, at any age', span('01-05T00:00', '01-09T00:00'), held, 'days'],
    ['by its cells if it has parts of days', berlinsDay, held, 'cells'],
    ['by its cells if no bitmaps know', span('07-05T00:00', '07-09T00:00'), onlyLists, 'cells'],
    ['by a made span if one has its length', berlinsDay, made, 'made'],
    ['by a made span before bitmaps of whole days', span('07-01T00:00', '07-03T00:00'), made, 'made'],
    ['by bitmaps if no made span has its length', span('07-01T00:00', '07-04T00:00'), made, 'days'],
    ['by its cells if one of its days changed since', span('07-08T22:00', '07-15T22:00'), made, 'cells'],
    ['by its cells if no span has its length', span('07-01T22:00', '07-04T22:00'), made, 'cells'],
    ['by its cells if it begins within a quarter', span('07-01T22:05', '07-02T22:05'), made, 'cells'],
    [
      'by bitmaps if it is old and ends with parts of a day',
      span('01-05T00:00', '07-02T10:00'),
      held,
      'cells',
    ],
  ])('%s', (_, range, with_, kind) => {
    expect(sourceOf(range, with_)).toMatchObject({ basis: 'time_zone', kind })
  })

  it('by the days of UTC with its dates if it is older than lists', () => {
    expect(sourceOf(span('05-09T22:00', '05-12T22:00'))).toEqual({
      ...{ basis: 'utc_days', kind: 'days' },
      days: { from: day('05-10'), to: day('05-13') },
    })
    expect(sourceOf(span('05-09T22:00', '07-12T22:00'))).toMatchObject({ basis: 'utc_days' })
  })

  it('by days of UTC together with the others that it is compared with', () => {
    const spans = [span('06-29T22:00', '06-30T22:00'), span('05-30T22:00', '05-31T22:00')]
    const found = sourcesOf(
      spans.map((one) => ({ span: one, held })),
      berlin,
    )
    expect(found).toMatchObject({ basis: 'utc_days', sources: [{ kind: 'days' }, { kind: 'days' }] })
  })

  it.each([
    ['hours of old days', span('05-10T22:00', '05-10T23:00'), held],
    ['old days that no bitmaps know', span('05-10T00:00', '05-12T00:00'), onlyLists],
    ['a range that begins within an old day', span('05-10T10:00', '07-02T00:00'), held],
  ])('by nothing: %s', (_, range, with_) => {
    expect(sourceOf(range, with_)).toBeNull()
  })
})

describe('failures among the logins of old bitmaps', () => {
  const old = { ...held, exactFrom: day('06-20') }
  it('are avoided while lists are kept', () => {
    expect(sourceOf(span('06-10T00:00', '06-20T00:00'), old)).toMatchObject({ kind: 'cells' })
    expect(areReadByDays(old)({ from: day('06-10'), to: day('06-20') })).toBe(false)
    expect(areReadByDays(old)({ from: day('06-20'), to: day('06-30') })).toBe(true)
  })
  it('are known where they are not', () => {
    const source = sourcesOf([{ span: span('05-10T00:00', '06-20T00:00'), held: old }], berlin)?.sources[0]
    expect(source).toMatchObject({ kind: 'days' })
    expect(source && hasOldHalves(source, old)).toBe(true)
    expect(source && hasOldHalves(source, held)).toBe(false)
  })
})

it('few whole days are read from lists, unless those are gone', () => {
  expect(areReadByDays(held)({ from: day('07-01'), to: day('07-03') })).toBe(false)
  expect(areReadByDays(held)({ from: day('07-01'), to: day('07-04') })).toBe(true)
  expect(areReadByDays(held)({ from: day('05-01'), to: day('05-02') })).toBe(true)
  expect(areReadByDays(onlyLists)({ from: day('07-01'), to: day('07-31') })).toBe(false)
})
