const never = new AbortController().signal

type Waiting = { weight: number; letIn: () => void }

/** Lets holders in while their weights together are no more than its capacity, in the order in which they ask. */
export class Gate {
  readonly #capacity: number
  #free: number
  readonly #waiting: Waiting[] = []

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#free = capacity
  }

  /**
   * Waits for a place. Returns what gives it back, to be called once; null when `stop` aborts first.
   * @param weight a whole number; what is heavier than all takes all
   */
  async enter(stop: AbortSignal, weight = 1): Promise<(() => void) | null> {
    const taken = Math.min(weight, this.#capacity)
    if (stop.aborted) return null
    if (this.#waiting.length === 0 && taken <= this.#free) this.#free -= taken
    else if (!(await this.#turn(stop, taken))) return null
    return () => {
      this.#free += taken
      this.#letIn()
    }
  }

  /** Whether somebody waits for a place. */
  get isCrowded(): boolean {
    return this.#waiting.length > 0
  }

  /** Runs `work` in a place, however long it waits for one. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter(never)
    try {
      return await work()
    } finally {
      leave?.()
    }
  }

  #turn(stop: AbortSignal, weight: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiting = {
      weight,
      letIn: () => {
        stop.removeEventListener('abort', onStop)
        resolve(true)
      },
    }
    const onStop = () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      resolve(false)
      this.#letIn()
    }
    this.#waiting.push(waiting)
    stop.addEventListener('abort', onStop, { once: true })
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
