import type { TimeBucket } from '../time/bucket.ts'
import type { NumberedSpan } from './cells.ts'
import type { BucketedRange, ComparedRange } from './compare.ts'

/**
 * Numbers all spans of an answer: for the range asked for and for each range that it is compared with, its
 * buckets and the range as a whole. Ranges have numbers, too; that of the range asked for is 0.
 */
export class AnswerSpans {
  readonly #buckets: number
  readonly #ranges: readonly { whole: TimeBucket; buckets: readonly TimeBucket[] }[]

  constructor({ fromMs, toMs, buckets }: BucketedRange, compared: readonly ComparedRange[]) {
    this.#buckets = buckets.length
    this.#ranges = [
      { whole: { fromMs, toMs }, buckets },
      ...compared.map(({ spans, ...range }) => ({
        whole: { fromMs: range.fromMs, toMs: range.toMs },
        buckets: spans,
      })),
    ]
  }

  /** The ranges as a whole, in order of their numbers. */
  get ranges(): TimeBucket[] {
    return this.#ranges.map(({ whole }) => whole)
  }

  /**
   * The number of a span.
   * @param place index of the bucket; null: the range as a whole
   */
  numberOf(range: number, place: number | null): number {
    return range * (this.#buckets + 1) + (place ?? this.#buckets)
  }

  /** The span itself; see numberOf. */
  at(range: number, place: number | null): TimeBucket {
    const { whole, buckets } = this.#ranges[range] ?? { whole: { fromMs: 0, toMs: 0 }, buckets: [] }
    return place === null ? whole : (buckets[place] ?? whole)
  }

  /** All spans, or those that are whole ranges. */
  list(isByBucket: boolean): NumberedSpan[] {
    return this.#ranges.flatMap(({ whole, buckets }, range) => [
      ...(isByBucket ? buckets.map((span, place) => ({ number: this.numberOf(range, place), span })) : []),
      { number: this.numberOf(range, null), span: whole },
    ])
  }
}
