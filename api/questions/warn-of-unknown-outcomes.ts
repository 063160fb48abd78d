import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import type { CountFilter } from '../../db/read/counts/count-filter.ts'
import { readSpellingsOfEvents } from '../../db/read/counts/unknown-outcomes-of-events.ts'
import { isPermitted } from '../../domain/access/permission.ts'
import { cellsOf } from '../../domain/measures/cells.ts'
import { floorTo, QUARTER_MS, type TimeBucket } from '../../domain/time/bucket.ts'
import type { ApiContext } from '../context/context.ts'
import { limits } from '../context/limits.ts'
import { quoted } from './named-texts.ts'
import { readCounts } from './read-counts.ts'
import { knownAround } from './warn-before-first.ts'

/** How many spellings a message names. */
const NAMED = 5

/**
 * Warns that attempts of a question about logins or failures may count as logins only because their outcome was not
 * understood. Costs nothing where no attempt ever had such an outcome.
 * @param ranges the range asked for, and those that it is compared with
 */
export async function warnOfUnknownOutcomes(
  context: ApiContext,
  info: Pick<GraphQLResolveInfo, 'path'>,
  { ranges, filter }: { ranges: readonly TimeBucket[]; filter: CountFilter },
): Promise<void> {
  if (filter.outcomes !== null && !filter.outcomes.includes('unknown')) return
  if (!(await knownAround(context, ranges)).hasUnknownOutcomes) return
  const spellings = new Set<string>()
  for (const range of ranges)
    for (const spelling of await context.read((session) => readSpellingsOfEvents(session, range, NAMED)))
      spellings.add(spelling)
  if (spellings.size === 0) return
  const attempts = await countUnknown(context, ranges, filter)
  if (attempts === 0) return
  const path = responsePathAsArray(info.path)
  const message = messageOf(attempts, isPermitted(context.roles, 'failures') ? [...spellings] : [])
  context.warnings.push({ code: 'UNKNOWN_OUTCOMES', path, argument: 'from', message })
}

/** How many attempts have the outcome UNKNOWN; of whole quarters of an hour, as older minutes are not kept. */
async function countUnknown(
  context: ApiContext,
  ranges: readonly TimeBucket[],
  filter: CountFilter,
): Promise<number> {
  const quarters = ranges.map(({ fromMs, toMs }, number) => ({
    number,
    span: { fromMs: floorTo(fromMs, QUARTER_MS), toMs: -floorTo(-toMs, QUARTER_MS) },
  }))
  const unknown = {
    dimensions: [],
    filter: { ...filter, outcomes: ['unknown'] },
    source: { kind: 'now' as const },
  }
  const counts = await readCounts(context, cellsOf(quarters), unknown, limits.rows)
  return counts.reduce((sum, { logins }) => sum + logins.reduce((a, b) => a + b, 0), 0)
}

const messageOf = (attempts: number, spellings: readonly string[]): string => {
  const written =
    spellings.length === 0 ? '' : `, written as ${spellings.slice(0, NAMED).map(quoted).join(', ')}`
  return (
    `up to ${attempts} attempts count as logins because their outcome is not understood${written}: groupBy: [OUTCOME] shows how many are UNKNOWN. ` +
    'If some are failures, have their producers write one of the spellings of docs/messages.md'
  )
}
