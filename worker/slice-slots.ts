import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker'

const permit: SlotPermit = {}
/** How long Temporal waits before it gives the slice to another worker. */
const RETRY_DELAY = '200ms'

/**
 * The slots of a worker for slices. Their number can change while the worker runs. The SDK reserves a slot
 * before it polls Temporal for a slice, so that only workers with a free slot get slices.
 */
export class SliceSlots implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom'
  #limit = 0
  /** Slots that running slices and open polls hold. */
  #held = 0
  /** One controller per running slice, which ends it; in the order in which the slices began. */
  readonly #running: AbortController[] = []
  readonly #waiting: (() => void)[] = []

  /** Sets the number of slots. If more slices run, the oldest ones end after the batch in hand. */
  setLimit(limit: number): void {
    this.#limit = limit
    for (const slice of this.#running.slice(0, Math.max(0, this.#running.length - limit))) slice.abort()
    this.#admit()
  }

  /**
   * Runs a slice if the limit allows. A poll that was open when the limit fell may still bring a slice that
   * is too many.
   * @throws {ApplicationFailure} if the limit is reached; retryable, so that Temporal gives the slice to
   * another worker
   */
  async within<T>(slice: (handOver: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running.length >= this.#limit) throw oneTooMany()
    const handOver = new AbortController()
    this.#running.push(handOver)
    try {
      return await slice(handOver.signal)
    } finally {
      this.#running.splice(this.#running.indexOf(handOver), 1)
    }
  }

  /** How many slices run. */
  get running(): number {
    return this.#running.length
  }

  async reserveSlot(_: unknown, abort: AbortSignal): Promise<SlotPermit> {
    abort.throwIfAborted()
    if (this.#held < this.#limit) this.#held += 1
    else await this.#waitForSlot(abort)
    return permit
  }

  tryReserveSlot(): SlotPermit | null {
    if (this.#held >= this.#limit) return null
    this.#held += 1
    return permit
  }

  markSlotUsed(): void {
    // Nothing to do: a slot counts as held from the poll on.
  }

  releaseSlot(): void {
    this.#held -= 1
    this.#admit()
  }

  async #waitForSlot(abort: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const admit = () => {
      abort.removeEventListener('abort', onAbort)
      resolve(undefined)
    }
    const onAbort = () => {
      this.#waiting.splice(this.#waiting.indexOf(admit), 1)
      reject(abort.reason as Error)
    }
    this.#waiting.push(admit)
    abort.addEventListener('abort', onAbort, { once: true })
    await promise
  }

  #admit(): void {
    while (this.#held < this.#limit) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#held += 1
      next()
    }
  }
}

const oneTooMany = () =>
  ApplicationFailure.create({
    message:
      'this worker already runs its share of the partitions: Temporal gives the slice to another worker',
    nextRetryDelay: RETRY_DELAY,
    category: ApplicationFailureCategory.BENIGN,
  })
