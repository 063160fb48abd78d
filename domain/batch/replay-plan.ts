import type { DecidedBatch } from './batch.ts'
import { byField, type DimensionField } from '../counts/dimensions.ts'
import { bucketMs, floorTo } from '../time/bucket.ts'
import { isoTime } from '../time/iso-time.ts'

/** What counting a parked batch would add; `error` says why the batch would stay parked. */
export type PlannedBatch = {
  batchId: string
  partition: number
  incarnation: number
  from: string
  to: string
  logins: number
  rejects: number
  error: string | null
}

/** Logins that a replay would add to an hour. */
export type PlannedCount = { hour: string; logins: number } & Record<DimensionField, string>

export type ReplayPlan = {
  batches: PlannedBatch[]
  logins: number
  rejects: number
  /** Number of batches that would fail again. */
  failing: number
  /** Times of the earliest and the latest login; null without logins. */
  firstEventAt: string | null
  lastEventAt: string | null
  /** The first MAX_PLANNED_COUNTS of `countsInAll` counts, in order of hour. */
  counts: PlannedCount[]
  countsInAll: number
}

/** Nobody would read more, and a workflow could not carry an unlimited list. */
const MAX_PLANNED_COUNTS = 1_000

type BatchToPlan = Pick<PlannedBatch, 'batchId' | 'partition' | 'incarnation' | 'from' | 'to'>

/** Adds up what counting some parked batches would mean. */
export class PlanDraft {
  readonly #batches: PlannedBatch[] = []
  readonly #counts = new Map<string, PlannedCount>()
  #firstMs = Infinity
  #lastMs = -Infinity

  /** Adds a batch as it would be counted; `error` says why an attempt showed that it would stay parked. */
  add(batch: BatchToPlan, decided: DecidedBatch | null, error: string | null): void {
    const isCounted = decided !== null && error === null
    const logins = isCounted ? decided.logins : 0
    const rejects = isCounted ? decided.rejected.length : 0
    this.#batches.push({ ...batch, logins, rejects, error })
    if (isCounted) this.#count(decided)
  }

  plan(): ReplayPlan {
    const counts = [...this.#counts.values()].sort((a, b) => (a.hour < b.hour ? -1 : a.hour > b.hour ? 1 : 0))
    return {
      batches: this.#batches,
      logins: sum(this.#batches.map(({ logins }) => logins)),
      rejects: sum(this.#batches.map(({ rejects }) => rejects)),
      failing: this.#batches.filter(({ error }) => error !== null).length,
      firstEventAt: isoOrNull(this.#firstMs),
      lastEventAt: isoOrNull(this.#lastMs),
      counts: counts.slice(0, MAX_PLANNED_COUNTS),
      countsInAll: counts.length,
    }
  }

  #count({ minutes, events }: DecidedBatch): void {
    minutes.buckets.forEach((bucket, i) => {
      const place = {
        hour: isoTime(floorTo(bucket, bucketMs.hour)),
        ...byField(({ list }) => minutes[list][i] ?? ''),
      }
      const key = JSON.stringify(place)
      const known = this.#counts.get(key)?.logins ?? 0
      this.#counts.set(key, { ...place, logins: known + (minutes.logins[i] ?? 0) })
    })
    if (events === null) return
    this.#firstMs = Math.min(this.#firstMs, events.firstMs)
    this.#lastMs = Math.max(this.#lastMs, events.lastMs)
  }
}

const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
const isoOrNull = (timeMs: number): string | null => (Number.isFinite(timeMs) ? isoTime(timeMs) : null)
