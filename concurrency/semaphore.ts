export type Acquiring = {
  /** A whole number; what is heavier than all takes all. 1 when left out. */
  weight?: number
  /** Ends the waiting when it aborts. */
  stop?: AbortSignal
  /** Milliseconds after which the waiting ends; for ever when left out. */
  patienceMs?: number
}

/** Gives back what was acquired; further calls do nothing. */
export type Release = () => void

type Waiting = { weight: number; letIn: () => void }

/** Lets holders in while their weights together are no more than its capacity, in the order in which they ask. */
export class Semaphore {
  readonly #capacity: number
  #free: number
  readonly #waiting: Waiting[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#free = capacity
  }

  /** Waits for room. @returns null when the waiting ended in vain: `stop` aborted, or patience was over */
  async acquire({ weight = 1, stop, patienceMs }: Acquiring = {}): Promise<Release | null> {
    const taken = Math.min(weight, this.#capacity)
    if (stop?.aborted === true) return null
    if (this.#waiting.length === 0 && taken <= this.#free) this.#free -= taken
    else if (!(await this.#turn(taken, stop, patienceMs))) return null
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#free += taken
      this.#letIn()
    }
  }

  /** Whether somebody waits for room. */
  get isCrowded(): boolean {
    return this.#waiting.length > 0
  }

  /** Runs `work` with a weight of 1 acquired, however long it waits for that. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.acquire()
    try {
      return await work()
    } finally {
      release?.()
    }
  }

  #turn(weight: number, stop?: AbortSignal, patienceMs?: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const settle = (isIn: boolean) => {
      stop?.removeEventListener('abort', giveUp)
      clearTimeout(timer)
      resolve(isIn)
    }
    const waiting = {
      weight,
      letIn: () => {
        settle(true)
      },
    }
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      settle(false)
      this.#letIn()
    }
    this.#waiting.push(waiting)
    stop?.addEventListener('abort', giveUp, { once: true })
    const timer = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs)
    return promise
  }

  /** Whoever waits longest, as long as there is room: a light one does not pass a heavy one, which would wait for ever. */
  #letIn(): void {
    for (;;) {
      const next = this.#waiting[0]
      if (next === undefined || next.weight > this.#free) return
      this.#waiting.shift()
      this.#free -= next.weight
      next.letIn()
    }
  }
}
