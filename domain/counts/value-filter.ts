import { normaliseLocale } from '../fields/locale.ts'
import { usRegions } from '../fields/us-region.ts'
import { parseVersion, type VersionRange } from '../fields/versions.ts'
import { dimensions, type GroupName } from './dimensions.ts'

/** Conditions on the values of a dimension. All that are given must hold. */
export type ValueFilter = {
  in?: readonly string[] | null | undefined
  notIn?: readonly string[] | null | undefined
  startsWith?: string | null | undefined
  /** What is no version matches no range. */
  range?: VersionRange | null | undefined
}

/** A text that no known value matches, and the condition that it is in. */
export type Unmatched = { condition: keyof ValueFilter; text: string }

/** The values of a dimension that have a closed list, as they are stored; null: any text is a value. */
export function closedValues(name: GroupName): readonly string[] | null {
  if (name === 'us_region') return usRegions
  const values = dimensions.find((dimension) => dimension.name === name)?.values ?? null
  return values === null ? null : Object.keys(values.meanings)
}

/** A text that decoding would make the same value of, in the form in which values are compared. */
export function keyOfValue(name: GroupName, text: string): string {
  if (name === 'locale') return normaliseLocale(text)
  return closedValues(name) === null ? text : text.toLowerCase()
}

/**
 * Finds the known values that a filter lets through. Upper and lower case are the same where decoding makes
 * them so: in closed lists, in locales of two letters, and at the beginning of all locales.
 * @param known as they are stored
 * @returns `isEmpty`: the conditions leave nothing over, though all have something that is known
 */
export function matchValues(
  name: GroupName,
  filter: ValueFilter,
  known: readonly string[],
): { values: string[]; unmatched: Unmatched[]; isEmpty: boolean } {
  const conditions = [...conditionsOf(name, filter)]
  const values = known.filter((value) => conditions.every(({ holds }) => holds(value)))
  const isInVain = conditions.some((condition) => condition.isInVain(known))
  return {
    values,
    isEmpty:
      conditions.some(({ isNever }) => isNever) || (values.length === 0 && known.length > 0 && !isInVain),
    unmatched: conditions.flatMap(({ condition, unmatched }) =>
      unmatched(known).map((text) => ({ condition, text })),
    ),
  }
}

type Condition = {
  condition: keyof ValueFilter
  holds: (value: string) => boolean
  /** Its texts that none of the known values matches. */
  unmatched: (known: readonly string[]) => string[]
  /** Whether it lets nothing through because nothing of it is known. */
  isInVain: (known: readonly string[]) => boolean
  /** Whether it lets nothing through, whatever is known. */
  isNever: boolean
}

function* conditionsOf(
  name: GroupName,
  { in: listed, notIn, startsWith, range }: ValueFilter,
): Generator<Condition> {
  if (listed) yield listCondition(name, 'in', listed)
  if (notIn) yield listCondition(name, 'notIn', notIn)
  if (startsWith) yield textCondition('startsWith', startsWith, beginsWith(name, startsWith))
  if (range)
    yield range.isEmpty()
      ? { condition: 'range', holds: () => false, unmatched: () => [], isInVain: () => false, isNever: true }
      : textCondition('range', range.text, isWithin(range))
}

function listCondition(name: GroupName, condition: 'in' | 'notIn', texts: readonly string[]): Condition {
  const keyOf = (text: string) => keyOfValue(name, text)
  const keys = new Set(texts.map(keyOf))
  const unmatched = (known: readonly string[]) => {
    const knownKeys = new Set(known.map(keyOf))
    return texts.filter((text) => !knownKeys.has(keyOf(text)))
  }
  const isIn = condition === 'in'
  return {
    ...{ condition, unmatched, isNever: isIn && texts.length === 0 },
    holds: (value) => keys.has(keyOf(value)) === isIn,
    isInVain: (known) => isIn && texts.length > 0 && unmatched(known).length === texts.length,
  }
}

const textCondition = (
  condition: 'startsWith' | 'range',
  text: string,
  holds: Condition['holds'],
): Condition => ({
  ...{ condition, holds, isNever: false },
  unmatched: (known) => (known.some(holds) ? [] : [text]),
  isInVain: (known) => !known.some(holds),
})

function beginsWith(name: GroupName, prefix: string): Condition['holds'] {
  if (name === 'app_version') return (value) => value.startsWith(prefix)
  const lower = prefix.toLowerCase()
  return (value) => value.toLowerCase().startsWith(lower)
}

const isWithin =
  ({ includes }: VersionRange): Condition['holds'] =>
  (value) => {
    const version = parseVersion(value)
    return version !== null && includes(version)
  }
