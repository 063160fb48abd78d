import { setImmediate as nextTurn } from 'node:timers/promises'
import { facets } from '../../domain/counts/dimensions.ts'
import {
  ActiveSpans,
  addSpans,
  spansOf,
  type CountedSpans,
  type SpanStarts,
} from '../../domain/engagement/active-spans.ts'
import { addHour, type HourOfActivity } from '../../domain/engagement/activity-by-value.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { countLoginsOfDays, readActivity, readDaysOfSpans, readFirsts, type Days } from './read-activity.ts'
import { replaceSpans, type MadeSpans } from './replace-active-spans.ts'
import { addDaysThatAreOver, readOpenDays } from './span-days.ts'

/** Days that are made together: spans reach 30 days to both sides of them, whether they are one or ten. */
const DAYS_AT_ONCE = 10
/** Values with fewer logins in all these days are left out: there may be any number of such values. */
const MIN_LOGINS = 1_000
/** 4 bytes each in memory. Of days with more, users are counted in slices, each of which reads all of them. */
const LOGINS_AT_ONCE = 20_000_000
/** Where days have more (a million a day), there are no spans, and sets answer: reading them would take a minute. */
const MAX_SLICES = 4
/** After so many hours the process handles something else: a day of a hundred thousand logins takes milliseconds. */
const HOURS_PER_TURN = 24

/**
 * Makes the spans of the latest days whose logins changed since they were made last (table `span_day`). Any
 * worker may call it at any time: what another one makes meanwhile is not written.
 * @param loginsAtOnce how many are held in memory; for tests
 * @returns whether there was anything to make
 */
export async function makeActiveSpans(sql: Sql, loginsAtOnce = LOGINS_AT_ONCE): Promise<boolean> {
  await addDaysThatAreOver(sql)
  const work = await sql.begin('isolation level repeatable read', (tx) => countSpans(tx, loginsAtOnce))
  if (work === null) return false
  await replaceSpans(sql, work)
  return true
}

/** Counts in one snapshot. Null: there is nothing to make. */
async function countSpans(tx: Transaction, loginsAtOnce: number): Promise<MadeSpans | null> {
  // Counting takes seconds between statements. The transaction holds no locks that others wait for.
  await tx`/* countSpans */ select set_config('idle_in_transaction_session_timeout', '60s', true)`
  const open = await readOpenDays(tx, DAYS_AT_ONCE - 1)
  const [first, last] = [open[0], open.at(-1)]
  if (first === undefined || last === undefined) return null
  const within = await readDaysOfSpans(tx)
  const starts = spansOf({ first: first.day, last: last.day }, within)
  const made: MadeSpans = { open, starts, newUsersFrom: within.newUsersFrom, byValue: [] }
  if (starts.length === 0) return made
  const days = daysOf(starts)
  const logins = await countLoginsOfDays(tx, days)
  const slices = Math.max(1, Math.ceil(logins / loginsAtOnce))
  if (slices > MAX_SLICES) return made
  const spans = new ActiveSpans(starts, await readFirsts(tx, days))
  for (const facet of ['all', ...facets.map(({ name }) => name)] as const) {
    const sums = new Map<string, CountedSpans[]>()
    for (let place = 0; place < slices; place++) {
      const activity = await readActivity(tx, facet, { ...days, logins }, { of: slices, place })
      for (const value of facet === 'all' ? [''] : activity.valuesWith(MIN_LOGINS)) {
        const counted = await count(spans, activity.hoursOf(value))
        const held = sums.get(value)
        sums.set(value, held === undefined ? counted : addSpans(held, counted))
      }
    }
    for (const [value, counted] of sums) made.byValue.push({ facet, value, counted })
  }
  return made
}

async function count(spans: ActiveSpans, hours: readonly HourOfActivity[]): Promise<CountedSpans[]> {
  spans.clear()
  for (const [place, hour] of hours.entries()) {
    addHour(spans, hour)
    if (place % HOURS_PER_TURN === 0) await nextTurn()
  }
  return spans.counted()
}

/** The days that spans touch. */
const daysOf = (starts: readonly SpanStarts[]): Days => ({
  from: Math.min(...starts.map(({ from }) => from)),
  to: Math.max(...starts.map(({ days, to }) => to + days)),
})
