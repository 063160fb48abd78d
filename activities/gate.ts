/** Lets a fixed number of holders in at a time, in the order in which they ask. */
export class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Waits for a place. Returns what gives it back, to be called once; null when `stop` aborts first. */
  async enter(stop: AbortSignal): Promise<(() => void) | null> {
    if (stop.aborted) return null
    if (this.#free > 0) this.#free--
    else if (!(await this.#turn(stop))) return null
    return () => {
      this.#leave()
    }
  }

  /** Runs `work` in a place, however long it waits for one. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  #turn(stop: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const onTurn = () => {
      stop.removeEventListener('abort', onStop)
      resolve(true)
    }
    const onStop = () => {
      this.#waiting.splice(this.#waiting.indexOf(onTurn), 1)
      resolve(false)
    }
    this.#waiting.push(onTurn)
    stop.addEventListener('abort', onStop, { once: true })
    return promise
  }

  /** The place goes to whoever waits longest. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
