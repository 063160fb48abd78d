import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { anyLogin, type CountFilter } from '../../db/read/counts/count-filter.ts'
import { readKnownValues, readValuesInAnyCase } from '../../db/read/counts/known-values.ts'
import {
  dimensions,
  type DimensionField,
  type DimensionName,
  type GroupName,
} from '../../domain/counts/dimensions.ts'
import {
  closedValues,
  keyOfValue,
  matchValues,
  type Unmatched,
  type ValueFilter,
} from '../../domain/counts/value-filter.ts'
import { usRegionOf } from '../../domain/fields/us-region.ts'
import { parseRange, type VersionRange } from '../../domain/fields/versions.ts'
import type { ApiContext } from '../context/context.ts'
import { AnswerTooLargeError, InvalidArgumentError } from '../context/errors.ts'
import { limits } from '../context/limits.ts'
import type { Warning } from '../context/warnings.ts'
import { namedTexts, quoted } from './named-texts.ts'

/** Conditions on the values of a dimension, as clients write them; those left out or null hold always. */
export type TextFilter = Omit<ValueFilter, 'range'> & { range?: string | null | undefined }

/** Which attempts count; all conditions must hold. */
export type AttemptFilter = Partial<Record<DimensionField | 'usRegion', TextFilter | null | undefined>>

/** The lists of values that a filter comes to, and what it asked for in vain. */
type ResolvedFilter = { filter: CountFilter; unknown: Omit<Warning, 'path'>[] }

const filterable: readonly {
  name: GroupName
  field: keyof AttemptFilter
  list: keyof CountFilter
  words: string
}[] = [...dimensions, { name: 'us_region', field: 'usRegion', list: 'usRegions', words: 'US region' }]

/**
 * The filter of a question as lists of known values. What it asks for in vain becomes a warning.
 * @throws {InvalidArgumentError | AnswerTooLargeError} as resolveFilter
 */
export async function knownFilter(
  context: ApiContext,
  asked: AttemptFilter | null | undefined,
  info: Pick<GraphQLResolveInfo, 'path'>,
): Promise<CountFilter> {
  const { filter, unknown } = await resolveFilter(context, asked)
  const path = responsePathAsArray(info.path)
  for (const warning of unknown) context.warnings.push({ path, ...warning })
  return filter
}

/**
 * Resolves the conditions of a filter to lists of known values, as of the snapshot of the request: those of
 * closed lists, and those that attempts were ever counted with.
 * @throws {InvalidArgumentError} if a range of versions cannot be read, or has more comparators than the cap
 * @throws {AnswerTooLargeError} if a dimension has more known values than the cap
 */
export async function resolveFilter(
  { read }: Pick<ApiContext, 'read'>,
  asked: AttemptFilter | null | undefined,
): Promise<ResolvedFilter> {
  const resolved: ResolvedFilter = { filter: { ...anyLogin }, unknown: [] }
  for (const dimension of filterable) {
    const filter = conditionsOf(dimension.field, asked?.[dimension.field] ?? {})
    if (Object.values(filter).every((condition) => condition == null)) continue
    const known = closedValues(dimension.name) ?? (await knownValues(read, dimension, filter))
    const { values, unmatched, isEmpty } = matchValues(dimension.name, filter, known)
    Object.assign(resolved.filter, { [dimension.list]: values })
    for (const [condition, some] of Map.groupBy(unmatched, (one) => one.condition))
      resolved.unknown.push({
        code: 'UNKNOWN_VALUE',
        argument: `filter.${dimension.field}.${condition}`,
        message: unknownMessage(dimension, condition, some, await alikeOf(read, dimension, some)),
      })
    if (isEmpty) resolved.unknown.push(emptyFilter(dimension))
  }
  if (areApart(resolved.filter)) resolved.unknown.push(apart)
  return resolved
}

/** Whether no locale of a filter lies in one of its regions. */
const areApart = ({ locales, usRegions }: CountFilter): boolean =>
  locales !== null &&
  usRegions !== null &&
  locales.length > 0 &&
  usRegions.length > 0 &&
  !locales.some((locale) => usRegions.includes(usRegionOf(locale)))

const apart: Omit<Warning, 'path'> = {
  code: 'EMPTY_FILTER',
  argument: 'filter.usRegion',
  message:
    'no locale of filter.locale is in a region of filter.usRegion, so together they match nothing; other countries and languages are in the ' +
    'region OTHER: leave one of them out',
}

const conditionsOf = (field: string, { range, ...conditions }: TextFilter): ValueFilter => ({
  ...conditions,
  range: range == null ? null : rangeOf(field, range),
})

function rangeOf(field: string, text: string): VersionRange {
  const range = parseRange(text)
  if (range === null)
    throw new InvalidArgumentError(
      `filter.${field}.range ${quoted(text)} is no range of versions: write it as node-semver does, such as ">=2.3 <3" or "~2.3 || 3.x"`,
      `filter.${field}.range`,
    )
  if (range.comparators > limits.comparators)
    throw new InvalidArgumentError(
      `filter.${field}.range has ${range.comparators} comparators, more than the cap of ${limits.comparators}: give a shorter one`,
      `filter.${field}.range`,
    )
  return range
}

async function knownValues(
  read: ApiContext['read'],
  { name, field, words }: (typeof filterable)[number],
  filter: ValueFilter,
): Promise<string[]> {
  const isListOnly = Object.entries(filter).every(([condition, value]) => condition === 'in' || value == null)
  const among = isListOnly ? (filter.in?.map((text) => keyOfValue(name, text)) ?? null) : null
  const known = await read((session) =>
    readKnownValues(session, name as DimensionName, among, limits.knownValues),
  )
  if (known !== null) return known
  throw new AnswerTooLargeError(
    `more than the cap of ${limits.knownValues} values are known of ${words}: name those that count, by filter.${field}.in`,
    { argument: `filter.${field}`, cap: limits.knownValues },
  )
}

const emptyFilter = ({ field, words }: (typeof filterable)[number]): Omit<Warning, 'path'> => ({
  code: 'EMPTY_FILTER',
  argument: `filter.${field}`,
  message: `no ${words} meets all conditions of filter.${field}, so it matches nothing: leave one of them out or widen it`,
})

/** How many known values a message proposes at most. */
const PROPOSED = 5

/** Known values that are written as the texts of a list, but for upper and lower case. */
async function alikeOf(
  read: ApiContext['read'],
  { name }: (typeof filterable)[number],
  unmatched: readonly Unmatched[],
): Promise<string[]> {
  const listed = unmatched.filter(({ condition }) => condition === 'in' || condition === 'notIn')
  if (closedValues(name) !== null || listed.length === 0) return []
  const texts = listed.map(({ text }) => text)
  const alike = await read((session) => readValuesInAnyCase(session, name as DimensionName, texts, PROPOSED))
  return alike.sort().slice(0, PROPOSED)
}

function unknownMessage(
  { name, words }: (typeof filterable)[number],
  condition: keyof ValueFilter,
  unmatched: readonly Unmatched[],
  alike: readonly string[],
): string {
  const named = namedTexts(unmatched.map(({ text }) => text))
  const effect = condition === 'notIn' ? 'and leaves nothing out' : 'and matches nothing'
  const closed = closedValues(name)
  const values =
    closed === null
      ? `groupBy: [${name.toUpperCase()}] shows those that attempts had`
      : `the values are ${closed.map((value) => value.toUpperCase()).join(', ')}`
  const hint = alike.length === 0 ? '' : `did you mean ${alike.map(quoted).join(', ')}? `
  return `${named}: no known ${words}, ${effect}; ${hint}${values}`
}
