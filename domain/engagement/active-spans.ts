/** Lengths of spans, in days of 24 hours. The doubled ones tell who came back: |A ∩ B| = |A| + |B| − |A ∪ B|. */
export const spanLengths = [1, 2, 7, 14, 30] as const

export const QUARTERS_PER_DAY = 96

/** A quarter from before all spans. */
export const BEFORE_ALL_QUARTERS = -(2 ** 30)

/** The first days, [from, to) in days since 1970-01-01, of spans that are to be counted. */
export type SpanStarts = { days: number; from: number; to: number }

/** Users of the spans that begin with each quarter of an hour of the days [from, to). */
export type CountedSpans = SpanStarts & { active: Int32Array; newUsers: Int32Array }

/** Spans of one length. Counts are differences to the start before, until all are in. */
type Length = { quarters: number; from: number; to: number; active: Int32Array; newUsers: Int32Array }

/**
 * Counts the users who were active in spans of time that begin with each quarter of an hour of UTC: a day of
 * any time zone is such a span unless its clock changes. It goes through the activity once. A user who is
 * active in quarter h, and was active before that in p, is counted there for each start in (max(p, h − W), h]:
 * the spans of W quarters that have h and nothing earlier of the same user. Quarters count from 1970-01-01.
 */
export class ActiveSpans {
  readonly #starts: readonly SpanStarts[]
  readonly #lengths: readonly Length[]
  readonly #firsts: Int32Array
  readonly #latest: Int32Array

  /**
   * @param firsts by number of a user, the quarter of the first login, which is that of some activity or before
   *   it: in spans that have it a user is new
   */
  constructor(starts: readonly SpanStarts[], firsts: Int32Array) {
    this.#starts = starts
    this.#firsts = firsts
    this.#latest = new Int32Array(firsts.length)
    this.#lengths = starts.map(({ days, from, to }) => ({
      quarters: days * QUARTERS_PER_DAY,
      from: from * QUARTERS_PER_DAY,
      to: to * QUARTERS_PER_DAY,
      active: new Int32Array((to - from) * QUARTERS_PER_DAY + 1),
      newUsers: new Int32Array((to - from) * QUARTERS_PER_DAY + 1),
    }))
    this.clear()
  }

  /** Forgets what was added. */
  clear(): void {
    this.#latest.fill(BEFORE_ALL_QUARTERS)
    for (const { active, newUsers } of this.#lengths) {
      active.fill(0)
      newUsers.fill(0)
    }
  }

  /**
   * Adds who was active in a quarter. Call it in the order of quarters, from the first start on or earlier.
   * @param users numbers, each as often as it comes
   */
  add(quarter: number, users: Int32Array): void {
    for (let at = 0; at < users.length; at++) {
      const user = users[at] ?? 0
      const before = this.#latest[user] ?? BEFORE_ALL_QUARTERS
      if (before === quarter) continue
      this.#latest[user] = quarter
      const first = this.#firsts[user] ?? BEFORE_ALL_QUARTERS
      for (const length of this.#lengths) addTo(length, quarter, before, first)
    }
  }

  /** The counts of what was added, by length. Call `clear` after it. */
  counted(): CountedSpans[] {
    return this.#starts.map((starts, place) => {
      const { active, newUsers } = this.#lengths[place] ?? { active: noCounts, newUsers: noCounts }
      return { ...starts, active: summed(active), newUsers: summed(newUsers) }
    })
  }
}

/** Adds up counts of different users in the same spans, both in the order of `counted`. */
export const addSpans = (some: readonly CountedSpans[], others: readonly CountedSpans[]): CountedSpans[] =>
  some.map((spans, length) => ({
    ...spans,
    active: sumOf(spans.active, others[length]?.active ?? noCounts),
    newUsers: sumOf(spans.newUsers, others[length]?.newUsers ?? noCounts),
  }))

const sumOf = (some: Int32Array, others: Int32Array): Int32Array =>
  some.map((count, place) => count + (others[place] ?? 0))

const noCounts = new Int32Array(1)

function addTo(length: Length, quarter: number, before: number, first: number): void {
  const { quarters, from, to, active, newUsers } = length
  const low = Math.max(before + 1, quarter - quarters + 1, from) - from
  const high = Math.min(quarter, to - 1) - from
  addOne(active, low, high)
  // Those that have the first login, too, which may be an earlier one of another value.
  addOne(newUsers, low, Math.min(high, first - from))
}

/** Counts one for the starts from `low` to `high`, unless there are none. */
function addOne(differences: Int32Array, low: number, high: number): void {
  if (low > high) return
  differences[low] = (differences[low] ?? 0) + 1
  differences[high + 1] = (differences[high + 1] ?? 0) - 1
}

/** Adds up differences. The last one is of the start after all others. */
function summed(differences: Int32Array): Int32Array {
  const counts = differences.slice(0, -1)
  for (let at = 1; at < counts.length; at++) counts[at] = (counts[at] ?? 0) + (counts[at - 1] ?? 0)
  return counts
}

/**
 * The spans that have something of the days from `first` to `last`, of those that lie within the days `within`
 * (both inclusive). A span reaches into the day that is its length after its first one.
 */
export function spansOf(
  { first, last }: { first: number; last: number },
  within: { first: number; last: number },
): SpanStarts[] {
  return spanLengths
    .map((days) => ({
      days,
      from: Math.max(first - days, within.first),
      to: Math.min(last, within.last - days) + 1,
    }))
    .filter(({ from, to }) => from < to)
}
