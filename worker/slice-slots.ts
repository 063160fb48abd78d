import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker'

const permit: SlotPermit = {}
const GIVEN_BACK_FOR = '200ms'

/**
 * The slots of a worker for slices, as many as its limit says at the moment. A worker asks Temporal for a slice only with a
 * slot in hand, so that slices go to the workers that have room for them.
 */
export class SliceSlots implements CustomSlotSupplier<ActivitySlotInfo> {
  readonly type = 'custom'
  #limit = 0
  /** By slices, and by polls that wait for one. */
  #held = 0
  /** By what ends them, in the order in which they began. */
  readonly #running: AbortController[] = []
  readonly #waiting: (() => void)[] = []

  /** A lower limit ends the slices that are too many, after the batch in hand. */
  setLimit(limit: number): void {
    this.#limit = limit
    for (const slice of this.#running.slice(0, Math.max(0, this.#running.length - limit))) slice.abort()
    this.#letIn()
  }

  /**
   * Runs a slice, unless so many run already: a poll that was open when the limit fell may bring one too many.
   * @throws {ApplicationFailure} retryable: Temporal gives the slice to whoever asks next
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
    else await this.#turn(abort)
    return permit
  }

  tryReserveSlot(): SlotPermit | null {
    if (this.#held >= this.#limit) return null
    this.#held += 1
    return permit
  }

  markSlotUsed(): void {
    // A slot counts from the poll on.
  }

  releaseSlot(): void {
    this.#held -= 1
    this.#letIn()
  }

  async #turn(abort: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const letIn = () => {
      abort.removeEventListener('abort', onAbort)
      resolve(undefined)
    }
    const onAbort = () => {
      this.#waiting.splice(this.#waiting.indexOf(letIn), 1)
      reject(abort.reason as Error)
    }
    this.#waiting.push(letIn)
    abort.addEventListener('abort', onAbort, { once: true })
    await promise
  }

  #letIn(): void {
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
    message: 'this worker has its share of the partitions: another one takes the slice',
    nextRetryDelay: GIVEN_BACK_FOR,
    category: ApplicationFailureCategory.BENIGN,
  })
