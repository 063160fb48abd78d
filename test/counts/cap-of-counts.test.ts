import { expect, it } from 'vitest'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import { readLoginCounts } from '../../db/read/counts/login-counts.ts'
import type { ReadSession } from '../../db/nodes/snapshot.ts'
import type { DimensionName } from '../../domain/counts/dimensions.ts'
import { useCounts } from '../support/api/use-counts.ts'

const { sql } = useCounts()

const DAY_MS = 86_400_000
/** Days that begin at the same hour of UTC, as those of a zone do. */
const days = (first: string) =>
  [0, 1].map((i) => ({ fromMs: Date.parse(first) + i * DAY_MS, toMs: Date.parse(first) + (i + 1) * DAY_MS }))

it.each<[string, string, DimensionName[], object, number]>([
  ['days that share rows', '2026-02-28T10:00:00Z', ['locale'], {}, 4],
  ['days of UTC', '2026-02-28T00:00:00Z', ['locale'], {}, 5],
  ['a filter by another dimension', '2026-02-28T10:00:00Z', ['locale'], { appVersions: ['1.0'] }, 1],
  ['three dimensions', '2026-02-28T10:00:00Z', ['device_type', 'locale', 'app_version'], {}, 6],
])(
  '%s: counts are refused as soon as there are more than may be read',
  async (_, first, dimensions, filter, held) => {
    const question = { source: { kind: 'now' as const }, dimensions, filter: { ...anyLogin, ...filter } }
    const read = (most: number) =>
      readLoginCounts({ sql: sql() } as unknown as ReadSession, days(first), question, most)
    const counts = (await read(held)) ?? []
    expect(counts.flatMap(({ places }) => places)).toHaveLength(held)
    expect(await read(held - 1)).toBeNull()
  },
)
