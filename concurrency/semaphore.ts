type Acquiring = {
  /** A whole number, by default 1. A weight above the capacity takes all of it. */
  weight?: number
  /** Ends the wait when it aborts. */
  stop?: AbortSignal
  /** Milliseconds after which the wait ends; by default never. */
  patienceMs?: number
}

/** Gives back what was acquired. Only the first call has an effect. */
type Release = () => void

type Waiting = { weight: number; admit: () => void }

/** Admits holders in the order of their calls, as long as the sum of their weights is within the capacity. */
export class Semaphore {
  readonly #capacity: number
  #free: number
  readonly #waiting: Waiting[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#free = capacity
  }

  /** Waits for room. @returns null if `stop` aborted or `patienceMs` passed first */
  async acquire({ weight = 1, stop, patienceMs }: Acquiring = {}): Promise<Release | null> {
    const taken = Math.min(weight, this.#capacity)
    if (stop?.aborted === true) return null
    if (this.#waiting.length === 0 && taken <= this.#free) this.#free -= taken
    else if (!(await this.#waitForRoom(taken, stop, patienceMs))) return null
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#free += taken
      this.#admitWaiting()
    }
  }

  /** Whether anybody waits for room. */
  get isCrowded(): boolean {
    return this.#waiting.length > 0
  }

  /** Acquires a weight of 1, however long that takes, and runs `work`. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.acquire()
    try {
      return await work()
    } finally {
      release?.()
    }
  }

  #waitForRoom(weight: number, stop?: AbortSignal, patienceMs?: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const settle = (isIn: boolean) => {
      stop?.removeEventListener('abort', giveUp)
      clearTimeout(timer)
      resolve(isIn)
    }
    const waiting = {
      weight,
      admit: () => {
        settle(true)
      },
    }
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      settle(false)
      this.#admitWaiting()
    }
    this.#waiting.push(waiting)
    stop?.addEventListener('abort', giveUp, { once: true })
    const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
    return promise
  }

  /**
   * Admits whoever waits longest, while there is room. A light one never passes a heavy one, which could wait
   * for ever.
   */
  #admitWaiting(): void {
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || next.weight > this.#free) return
      this.#waiting.shift()
      this.#free -= next.weight
      next.admit()
    }
  }
}
