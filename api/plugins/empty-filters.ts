import { type Moment, momentMs } from '../../domain/time/moment.ts'
import type { Warning } from '../context/warnings.ts'

/**
 * The lists of a field's filter that list nothing and its spans that end before they begin, by which the filter
 * matches nothing. Conditions on values are the business of who resolves them (api/questions/resolve-filter.ts).
 */
export function emptyFilters({ filter }: { filter?: object | null }): Omit<Warning, 'path'>[] {
  return Object.entries(filter ?? {}).flatMap(([name, value]: [string, unknown]) => {
    const argument = `filter.${name}`
    if (Array.isArray(value) && value.length === 0)
      return about(argument, 'lists nothing, so it matches nothing: name some, or leave it out')
    if (isSpan(value) && momentMs(value.from) >= momentMs(value.to))
      return about(argument, 'ends at its beginning or before, so it matches nothing: give a later `to`')
    return []
  })
}

const about = (argument: string, problem: string): Omit<Warning, 'path'> => ({
  code: 'EMPTY_FILTER',
  argument,
  message: `${argument} ${problem}`,
})

/** Whether it is a TimeRange with both bounds; its dates are of UTC. */
const isSpan = (value: unknown): value is { from: Moment; to: Moment } =>
  typeof value === 'object' &&
  value !== null &&
  'from' in value &&
  'to' in value &&
  value.from != null &&
  value.to != null
