export type FairSlots = {
  /** Waits for its turn; the function that comes back frees the slot, once. Null: it waited in vain. */
  acquire(client: string): Promise<(() => void) | null>
}

type Waiter = { begin: () => void }

/**
 * `atOnce` things at a time. Clients take turns: whoever asks for many at once waits for its own.
 * @param limits how long anything waits, and how many of one client
 */
export function createFairSlots(
  atOnce: number,
  limits: { patienceMs: number; waitingOfOne: number },
): FairSlots {
  let free = atOnce
  /** In order of their turns; those without a waiter are not in it. */
  const clients = new Map<string, Waiter[]>()

  const leave = (client: string, waiter: Waiter) => {
    const left = clients.get(client)?.filter((one) => one !== waiter) ?? []
    if (left.length === 0) clients.delete(client)
    else clients.set(client, left)
  }
  const release = () => {
    const [next] = clients
    if (next === undefined) {
      free++
      return
    }
    const [client, [waiter, ...others]] = next
    clients.delete(client)
    // To the end: the others come first.
    if (others.length > 0) clients.set(client, others)
    waiter?.begin()
  }
  const releaseOnce = () => {
    let isHeld = true
    return () => {
      if (isHeld) release()
      isHeld = false
    }
  }

  return {
    acquire: async (client) => {
      if (free > 0) {
        free--
        return releaseOnce()
      }
      const waiting = clients.get(client) ?? []
      if (waiting.length >= limits.waitingOfOne) return null
      return await new Promise((resolve) => {
        const timer = setTimeout(() => {
          leave(client, waiter)
          resolve(null)
        }, limits.patienceMs)
        const waiter = {
          begin: () => {
            clearTimeout(timer)
            resolve(releaseOnce())
          },
        }
        clients.set(client, [...waiting, waiter])
      })
    },
  }
}
