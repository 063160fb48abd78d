export type FairSlots = {
  /** Waits for its turn; the function that comes back frees the slot, once. Null: it waited in vain. */
  acquire(client: string): Promise<(() => void) | null>
}

type Waiter = { begin: (release: () => void) => void }

/**
 * `atOnce` things at a time. Clients take turns: whoever asks for many at once waits for its own.
 * @param limits how long anything waits, how many of one client wait, and how many of one run
 */
export function createFairSlots(
  atOnce: number,
  limits: { patienceMs: number; waitingOfOne: number; runningOfOne: number },
): FairSlots {
  let free = atOnce
  const running = new Map<string, number>()
  /** In order of their turns; those without a waiter are not in it. */
  const clients = new Map<string, Waiter[]>()

  const mayRun = (client: string) => free > 0 && (running.get(client) ?? 0) < limits.runningOfOne
  const setCount = (client: string, count: number) => {
    if (count === 0) running.delete(client)
    else running.set(client, count)
  }
  const take = (client: string) => {
    free--
    setCount(client, (running.get(client) ?? 0) + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      free++
      setCount(client, (running.get(client) ?? 1) - 1)
      beginNext()
    }
  }
  const beginNext = () => {
    for (const [client, [waiter, ...others]] of clients) {
      if (waiter === undefined || !mayRun(client)) continue
      clients.delete(client)
      // To the end: the others come first.
      if (others.length > 0) clients.set(client, others)
      waiter.begin(take(client))
      return
    }
  }
  const leave = (client: string, waiter: Waiter) => {
    const left = clients.get(client)?.filter((one) => one !== waiter) ?? []
    if (left.length === 0) clients.delete(client)
    else clients.set(client, left)
  }

  return {
    acquire: async (client) => {
      if (mayRun(client)) return take(client)
      const waiting = clients.get(client) ?? []
      if (waiting.length >= limits.waitingOfOne) return null
      return await new Promise((resolve) => {
        const timer = setTimeout(() => {
          leave(client, waiter)
          resolve(null)
        }, limits.patienceMs)
        const waiter: Waiter = {
          begin: (release) => {
            clearTimeout(timer)
            resolve(release)
          },
        }
        clients.set(client, [...waiting, waiter])
      })
    },
  }
}
