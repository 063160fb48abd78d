import { logOf } from '../../../domain/pipeline/partition-log-fixture.ts'
import { rollUpSightings } from '../../../db/rollups/roll-up-sightings.ts'
import { parseIp } from '../../../domain/fields/ip.ts'
import { fraction, sfc32 } from '../../../generator/sfc32.ts'
import { insertLogins, type SeenLogin } from './logins-by-day.ts'
import { NOW_MS } from './api-fixture.ts'
import { insertBatches, insertCheckpoint } from './api-rows.ts'
import { useApi } from './use-api.ts'

/** What tests of engagement share: the same logins in a database of their own, and what the logins themselves say. */

const RETENTION_DAYS = 5
export const DAY_MS = 86_400_000
export const logins = somebodysLogins()

/** @param isRolledUp whether sightings are in the bitmaps from the beginning */
export const useEngagement = ({ isRolledUp }: { isRolledUp: boolean }) =>
  useApi(
    async (sql) => {
      await insertCheckpoint(sql, 0, 1_000, '2026-03-01T12:00:00Z')
      await insertBatches(sql, [{ id: 1, from: 0, to: 1_000, committedAt: '2026-03-01T12:00:00Z' }])
      await insertLogins(sql, logins, { nowMs: NOW_MS, retentionDays: RETENTION_DAYS })
      if (isRolledUp) await rollUpSightings(sql)
    },
    { kafka: () => ({ ok: true, bounds: [logOf(0, 0, 1_000)] }) },
  )

function normal(ip: string): string {
  return parseIp(ip)?.ip ?? ''
}

/** Users that come and go over four months, some of two devices or versions. */
function somebodysLogins(): SeenLogin[] {
  const random = sfc32(7, 7)
  const pick = <T>(values: readonly T[]): T => values[Math.floor(fraction(random) * values.length)] as T
  return Array.from({ length: 1_000 }, () => {
    const user = Math.floor(fraction(random) ** 2 * 60)
    return {
      userId: `user-${user}`,
      deviceId: `device-${user % 40}-${pick([1, 1, 2])}`,
      ip: normal(pick([`192.0.2.${user}`, `2001:db8::${user.toString(16)}`, `::198.51.100.${user}`])),
      eventTimeMs: NOW_MS - Math.floor(fraction(random) ** 1.5 * 120 * DAY_MS),
      deviceType: pick(['iOS', 'android', 'unknown'] as const),
      appVersion: pick(['1.0', '2.0']),
      locale: pick(['CA', 'NY', 'TX']),
      outcome: pick(['success', 'unknown', 'unknown', 'failure'] as const),
    }
  })
}

export type Test = (login: SeenLogin) => boolean
export const didNotFail: Test = ({ outcome }) => outcome !== 'failure'
/** The attempts that each value of the argument `attempts` lets count. */
export const ofAttempts = {
  LOGINS: didNotFail,
  FAILURES: ({ outcome }) => outcome === 'failure',
  ALL: () => true,
} as const satisfies Record<string, Test>
export const within = (from: string, to: string): Test => {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)]
  return ({ eventTimeMs }) => eventTimeMs >= fromMs && eventTimeMs < toMs
}
export const distinct = (key: 'userId' | 'deviceId' | 'ip', ...tests: Test[]) =>
  new Set(logins.filter((login) => tests.every((holds) => holds(login))).map((login) => login[key]))

export const common = (a: Set<string>, b: Set<string>) => new Set([...a].filter((id) => b.has(id)))
