type FairSlots = {
  /**
   * Waits for a slot. Returns the function that frees it, which may be called again without effect; null: no
   * slot came free.
   */
  acquire(client: string): Promise<(() => void) | null>
}

type Limits = {
  /** How long a request waits for a slot. */
  patienceMs: number
  /** How many requests of one client may wait. */
  waitingOfOne: number
  /** How many slots one client may hold. */
  runningOfOne: number
}

/** `atOnce` slots, for which clients take turns: a client that asks for many at once only delays itself. */
export function createFairSlots(atOnce: number, limits: Limits): FairSlots {
  const slots = createSlots(atOnce, limits.runningOfOne)
  const queue = createTurns()

  const take = (client: string) => {
    const release = slots.take(client)
    return () => {
      release()
      queue.startNext(slots.isFreeFor, take)
    }
  }
  return {
    acquire: async (client) => {
      if (slots.isFreeFor(client)) return take(client)
      if (queue.lengthOf(client) >= limits.waitingOfOne) return null
      return await new Promise((resolve) => {
        const leave = queue.enter(client, (release) => {
          clearTimeout(timer)
          resolve(release)
        })
        const timer = setTimeout(() => {
          leave()
          resolve(null)
        }, limits.patienceMs)
      })
    },
  }
}

/** Counts the slots that are free, and those that each client holds. */
function createSlots(atOnce: number, perClient: number) {
  let free = atOnce
  const held = new Map<string, number>()
  const add = (client: string, slots: number) => {
    const count = (held.get(client) ?? 0) + slots
    if (count === 0) held.delete(client)
    else held.set(client, count)
    free -= slots
  }
  return {
    isFreeFor: (client: string) => free > 0 && (held.get(client) ?? 0) < perClient,
    take: (client: string) => {
      let isHeld = true
      add(client, 1)
      return () => {
        if (isHeld) add(client, -1)
        isHeld = false
      }
    },
  }
}

type Start = (release: () => void) => void

/**
 * The requests that wait, by client. The clients are in the order of their turns; one without a request is
 * not among them.
 */
function createTurns() {
  const clients = new Map<string, Start[]>()
  return {
    lengthOf: (client: string) => clients.get(client)?.length ?? 0,
    /** Returns the function with which the request leaves. */
    enter: (client: string, start: Start) => {
      clients.set(client, [...(clients.get(client) ?? []), start])
      return () => {
        const left = clients.get(client)?.filter((one) => one !== start) ?? []
        if (left.length === 0) clients.delete(client)
        else clients.set(client, left)
      }
    },
    /** Starts the first request of the first client that may have a slot. */
    startNext: (mayStart: (client: string) => boolean, take: (client: string) => () => void) => {
      for (const [client, [start, ...others]] of clients) {
        if (start === undefined || !mayStart(client)) continue
        clients.delete(client)
        // The client goes to the end, behind the others.
        if (others.length > 0) clients.set(client, others)
        start(take(client))
        return
      }
    },
  }
}
