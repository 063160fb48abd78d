import type { Part } from './parts/part.ts'
import { isFree } from './processes/ports.ts'

/** Two clones that start at once may find the same port free; a third time is no accident. */
const ATTEMPTS = 3

/**
 * Makes parts on the ports that `choose` finds and starts them in order. When another process has taken one of the
 * ports before its part could, tries again on others.
 * @returns the ports they listen on
 * @throws what a part failed with for another reason; none of them runs then
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
