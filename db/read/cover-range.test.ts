import { describe, expect, it } from 'vitest'
import { coverRange } from './cover-range.ts'

const at = (iso: string) => Date.parse(`${iso}Z`)

describe('coverRange', () => {
  it('reads whole days as days and the ends as hours and minutes', () => {
    const pieces = coverRange({ fromMs: at('2026-01-01T22:58'), toMs: at('2026-01-03T01:01') }, 'day')
    expect(pieces.map(({ size, fromMs, toMs }) => [size, (toMs - fromMs) / 60_000])).toEqual([
      ['minute', 2],
      ['hour', 60],
      ['day', 1440],
      ['hour', 60],
      ['minute', 1],
    ])
  })

  it('covers every range without gap or overlap, in order', () => {
    const start = at('2026-01-01T00:00')
    for (let from = 0; from < 3000; from += 37) {
      for (let length = 1; length < 5000; length += 313) {
        const range = { fromMs: start + from * 60_000, toMs: start + (from + length) * 60_000 }
        for (const largest of ['minute', 'hour', 'day'] as const) {
          const pieces = coverRange(range, largest)
          expect(pieces[0]?.fromMs).toBe(range.fromMs)
          expect(pieces.at(-1)?.toMs).toBe(range.toMs)
          pieces.slice(1).forEach((piece, i) => {
            expect(piece.fromMs).toBe(pieces[i]?.toMs)
          })
        }
      }
    }
  })

  it('never uses a bucket larger than asked for', () => {
    const pieces = coverRange({ fromMs: at('2026-01-01T00:00'), toMs: at('2026-01-03T00:00') }, 'hour')
    expect(pieces).toHaveLength(1)
    expect(pieces[0]?.size).toBe('hour')
  })
})
