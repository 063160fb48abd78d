import type { Part } from './parts/part.ts'
import { isFree } from './processes/ports.ts'

/** Two clones that start at once may find the same port free. A third failure has another cause. */
const ATTEMPTS = 3

/**
 * Creates parts on the ports that `choose` returns, and starts them in order. If another process takes one of
 * the ports first, tries again with other ports.
 * @returns the ports on which the parts listen
 * @throws the error of a part that failed for another reason; then none of the parts runs
 */
export async function startOnFreePorts<Ports extends number[]>(
  choose: () => Promise<Ports>,
  make: (ports: Ports) => Part[],
): Promise<Ports> {
  for (let attempt = 1; ; attempt++) {
    const ports = await choose()
    const parts = make(ports)
    try {
      for (const part of parts) await part.start()
      return ports
    } catch (error) {
      for (const part of parts) await part.stop()
      const free = await Promise.all(ports.map(isFree))
      if (attempt === ATTEMPTS || free.every(Boolean)) throw error
    }
  }
}
