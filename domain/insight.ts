import type { AcceptedLogin } from './batch.ts'
import type { Login } from './login.ts'

/** Logins of a partition since its last complete insight; kept in the checkpoint row between batches. */
export type UnfinishedInsight = {
  size: number
  /** Decimal; null while empty. */
  firstOffset: string | null
  lastOffset: string | null
  /** Unix milliseconds of the earliest and latest event. */
  startMs: number | null
  endMs: number | null
  deviceTypes: Record<string, number>
  locales: Record<string, number>
  users: Record<string, number>
}

export type Insight = { firstOffset: bigint; lastOffset: bigint; body: string }

export const emptyInsight = (): UnfinishedInsight => ({
  size: 0,
  firstOffset: null,
  lastOffset: null,
  startMs: null,
  endMs: null,
  // Null prototypes: `__proto__` is a possible user id.
  deviceTypes: Object.create(null) as Record<string, number>,
  locales: Object.create(null) as Record<string, number>,
  users: Object.create(null) as Record<string, number>,
})

/**
 * Continues an unfinished insight over the next logins of the partition; every `size` logins complete one.
 * Pure in effect: `unfinished` is not changed.
 * @param size logins per insight; 0 makes none
 */
export function advanceInsight(
  unfinished: UnfinishedInsight,
  accepted: readonly AcceptedLogin[],
  size: number,
): { insights: Insight[]; unfinished: UnfinishedInsight } {
  if (size === 0) return { insights: [], unfinished: emptyInsight() }
  const insights: Insight[] = []
  let current = copyInsight(unfinished)
  for (const { offset, login } of accepted) {
    addLogin(current, offset, login)
    if (current.size < size) continue
    insights.push(completeInsight(current))
    current = emptyInsight()
  }
  return { insights, unfinished: current }
}

const copyInsight = (insight: UnfinishedInsight): UnfinishedInsight => ({
  ...insight,
  deviceTypes: copyCounts(insight.deviceTypes),
  locales: copyCounts(insight.locales),
  users: copyCounts(insight.users),
})

const copyCounts = (counts: Record<string, number>) =>
  Object.assign(Object.create(null) as Record<string, number>, counts)

function addLogin(insight: UnfinishedInsight, offset: bigint, login: Login): void {
  insight.size += 1
  insight.firstOffset ??= String(offset)
  insight.lastOffset = String(offset)
  insight.startMs = Math.min(insight.startMs ?? login.eventTimeMs, login.eventTimeMs)
  insight.endMs = Math.max(insight.endMs ?? login.eventTimeMs, login.eventTimeMs)
  increment(insight.deviceTypes, login.deviceType)
  increment(insight.locales, login.locale)
  increment(insight.users, login.userId)
}

const increment = (counts: Record<string, number>, key: string) => {
  counts[key] = (counts[key] ?? 0) + 1
}

/**
 * The message of the original consumer of this data set. Times are Unix seconds; lists are ordered by logins, then by
 * name, so that equal input gives equal bytes.
 */
function completeInsight(insight: UnfinishedInsight): Insight {
  const locations = ranked(insight.locales, 'locale')
  const body = JSON.stringify({
    type: 'insight',
    batch_size: insight.size,
    start_time: Math.floor((insight.startMs ?? 0) / 1000),
    end_time: Math.floor((insight.endMs ?? 0) / 1000),
    device_type_aggregation: insight.deviceTypes,
    top_10_locations: locations.slice(0, 10),
    bottom_5_locations: locations.slice(-5).reverse(),
    top_5_users: ranked(insight.users, 'user_id').slice(0, 5),
  })
  return { firstOffset: BigInt(insight.firstOffset ?? 0), lastOffset: BigInt(insight.lastOffset ?? 0), body }
}

const ranked = (counts: Record<string, number>, name: string): Record<string, string | number>[] =>
  Object.entries(counts)
    .sort(([a, loginsA], [b, loginsB]) => loginsB - loginsA || (a < b ? -1 : 1))
    .map(([key, logins]) => ({ [name]: key, logins }))
