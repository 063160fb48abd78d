import type { Socket } from 'node:net'

/** Gives each socket what the other gets, and ends both together. */
export function pipeBoth(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => undefined)
    from.once('close', () => to.destroy())
    from.pipe(to)
  }
}
