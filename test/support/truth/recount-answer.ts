import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { SeenLogin } from '../api/logins-by-day.ts'
import { compareValues, type Counted, type Dimension, recount, valueOf, within } from './recount-attempts.ts'

/** A question of `measures` whose answer is counted one by one. */
export type RecountQuestion = {
  range: TimeBucket
  timeZone: string
  groupBy: Dimension[]
  /** Dimensions within which groups have shares. */
  within: Dimension[]
  order: { measure: string; direction: 'ASC' | 'DESC' } | null
  /** Which groups may be listed; left out: all. */
  having?: { measure: string; atLeast: number }
  /** How many groups at most. */
  first: number
  attempts: 'ALL' | 'LOGINS' | 'FAILURES'
  filter: { text: string; holds: (login: SeenLogin) => boolean }
}

export type Shared = 'attempts' | 'logins' | 'failures' | 'users' | 'devices' | 'addresses'

type Span = { start: string; end: string }
/** What is taken from an answer to count it again: its calendar. */
export type AnswerSpans = { buckets: Span[]; total: { compared: Span[]; points: { compared: Span[] }[] } }

type Recounting = {
  /** What is measured in a span; `values` are those of a group, null for all and for other groups. */
  count: (some: readonly SeenLogin[], span: TimeBucket, values: readonly string[] | null) => object
  /** Of what there are shares within dimensions. */
  shared: Shared
  /** Numbers of members, which decide between equals. */
  numbers?: ReadonlyMap<string, number>
}

/** The arguments of a question. */
export const argumentsOf = ({
  range,
  timeZone,
  groupBy,
  order,
  having,
  first,
  attempts,
  filter,
}: RecountQuestion) =>
  `from: "${new Date(range.fromMs).toISOString()}", to: "${new Date(range.toMs).toISOString()}", timeZone: "${timeZone}",
   groupBy: [${groupBy.join()}], attempts: ${attempts}, filter: { ${filter.text} } ${first === Infinity ? '' : `, first: ${first}`}
   ${having === undefined ? '' : `, having: { measure: ${having.measure}, atLeast: ${having.atLeast} }`}
   ${order === null ? '' : `, orderBy: { measure: ${order.measure}, direction: ${order.direction} }`}`

/**
 * The selection that recountAnswer expects.
 * @param counted the fields that `count` returns
 */
export function selectionOf({ within: alike }: RecountQuestion, shared: Shared, counted: string): string {
  const shares = `share of: share(measure: ${shared.toUpperCase()}, within: [${alike.join()}]) part: share(measure: FAILURES, within: [${alike.join()}])`
  const compared = `compared { start end ${counted} }`
  const point = `start end share ${counted}`
  const spans = `points { ${point} } ${compared}`
  const chart = `peak(measure: ATTEMPTS) { start } series(measure: FAILURES)`
  return `buckets { start end } groupCount matchingGroupCount total { start end ${counted} ${chart} ${compared} points { ${point} ${compared} } }
    groups { values ${counted} ${chart} ${shares} ${spans} } other { groupCount ${counted} share ${spans} }`
}

const rangeOf = ({ start, end }: Span): TimeBucket => ({ fromMs: Date.parse(start), toMs: Date.parse(end) })

/** Everything that an answer says, counted one by one; of its calendar it takes buckets and compared ranges. */
export function recountAnswer(
  logins: readonly SeenLogin[],
  question: RecountQuestion,
  { buckets, total: { compared, points } }: AnswerSpans,
  { count, shared, numbers = new Map() }: Recounting,
) {
  const { groupBy, timeZone, having, first, attempts, range, filter } = question
  const comparedSpans = compared.map(({ start, end }) => ({ start, end }))
  const read = [range, ...comparedSpans.map(rangeOf)]
  const all = logins.filter(
    (login) => filter.holds(login) && read.some((one) => within([login], one).length > 0),
  )
  const part = (some: readonly SeenLogin[], whole: readonly SeenLogin[], of: Shared, span: TimeBucket) => {
    const [one = 0, every = 0] = [some, whole].map((logins) => recount(within(logins, span), attempts)[of])
    return every === 0 ? null : one / every
  }
  const counted = (some: readonly SeenLogin[], spans: readonly Span[], values: readonly string[] | null) =>
    spans.map((span) => ({
      ...{ start: span.start, end: span.end },
      ...count(within(some, rangeOf(span)), rangeOf(span), values),
    }))
  const spansOf = (some: readonly SeenLogin[], values: readonly string[] | null) => ({
    ...count(within(some, range), range, values),
    points: counted(some, buckets, values).map((point) => ({
      ...point,
      share: part(some, all, 'logins', rangeOf(point)),
    })),
    compared: counted(some, comparedSpans, values),
  })
  const total = spansOf(all, null)
  const chartOf = (some: readonly SeenLogin[]) => {
    const ofBuckets = buckets.map((bucket) => recount(within(some, rangeOf(bucket)), attempts))
    const most = Math.max(1, ...ofBuckets.map(({ attempts: one }) => one))
    const peak = ofBuckets.findIndex(({ attempts: one }) => one === most)
    return {
      peak: peak < 0 ? null : { start: buckets[peak]?.start },
      series: ofBuckets.map(({ failures }) => failures),
    }
  }
  const groups = groupsOf(all, question, numbers)
  const matching = groups.filter(({ some }) => {
    if (having === undefined) return true
    const value = measure(having.measure, recount(within(some, range), attempts))
    return value !== null && value >= having.atLeast
  })
  const listed = matching.slice(0, first)
  const rest = groups.filter((group) => !listed.includes(group)).flatMap(({ some }) => some)
  const isAlike = (values: readonly string[]) => (login: SeenLogin) =>
    groupBy.every(
      (name, i) => !question.within.includes(name) || valueOf(name, login, timeZone) === values[i],
    )
  return {
    ...{ buckets, groupCount: groups.length, matchingGroupCount: matching.length },
    total: {
      ...{ start: new Date(range.fromMs).toISOString(), end: new Date(range.toMs).toISOString() },
      ...{ ...chartOf(all), ...total },
      points: total.points.map((point, place) => ({
        ...point,
        compared: counted(all, points[place]?.compared ?? [], null),
      })),
    },
    groups: listed.map(({ values, some }) => ({
      ...{ values, ...chartOf(some), ...spansOf(some, values) },
      share: part(some, all, 'logins', range),
      of: part(some, all.filter(isAlike(values)), shared, range),
      part: part(some, all.filter(isAlike(values)), 'failures', range),
    })),
    other:
      groups.length === listed.length
        ? null
        : {
            ...{ groupCount: groups.length - listed.length, ...spansOf(rest, null) },
            share: part(rest, all, 'logins', range),
          },
  }
}

/** The groups in their order, each with its attempts. */
function groupsOf(
  all: readonly SeenLogin[],
  { groupBy, timeZone, order, attempts, range }: RecountQuestion,
  numbers: ReadonlyMap<string, number>,
) {
  if (groupBy.length === 0) return []
  const valuesOf = (login: SeenLogin) => groupBy.map((name) => valueOf(name, login, timeZone))
  const groups = [...Map.groupBy(all, (login) => valuesOf(login).join('\0')).values()].map((some) => ({
    values: valuesOf(some[0] as SeenLogin),
    some,
  }))
  const comparers = groupBy.map((name) => compareValues(name, numbers))
  groups.sort((a, b) =>
    comparers.reduce((order, compare, i) => order || compare(a.values[i] ?? '', b.values[i] ?? ''), 0),
  )
  const isByMembers = groupBy.some((name) => ['USER', 'DEVICE', 'ADDRESS'].includes(name))
  const by = order ?? (isByMembers ? { measure: 'LOGINS', direction: 'DESC' } : null)
  if (by === null) return groups
  const measured = new Map(
    groups.map((group) => [group, measure(by.measure, recount(within(group.some, range), attempts))]),
  )
  return groups.sort((a, b) => {
    const [one, other] = [measured.get(a) ?? null, measured.get(b) ?? null]
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return by.direction === 'ASC' ? one - other : other - one
  })
}

function measure(name: string, counted: Counted): number | null {
  if (name === 'LAST_SEEN_AT') return counted.lastSeenAt === null ? null : Date.parse(counted.lastSeenAt)
  if (name === 'FAILURE_RATE') return counted.failureRate
  return counted[name.toLowerCase() as Shared]
}
