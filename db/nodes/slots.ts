import { ReadFailure } from './read-failure.ts'

export type Slots = {
  /** Waits for a free slot; the function that comes back frees it, once. */
  acquire(): Promise<() => void>
}

/**
 * `count` things at a time, in order of asking. Waiting here and not inside the pool keeps a busy node apart from one
 * that does not answer.
 * @param why what the slots are short of, as the one who waited in vain is told
 * @throws {ReadFailure} busy, by `acquire` after `patienceMs`
 */
export function createSlots(count: number, patienceMs: number, why: string): Slots {
  let free = count
  const queue: (() => void)[] = []

  const release = () => {
    const next = queue.shift()
    if (next === undefined) free++
    else next()
  }
  const releaseOnce = () => {
    let released = false
    return () => {
      if (!released) release()
      released = true
    }
  }
  const wait = () =>
    new Promise<void>((resolve, reject) => {
      const turn = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        queue.splice(queue.indexOf(turn), 1)
        reject(new ReadFailure('busy', `${why}; ask again in a moment`))
      }, patienceMs)
      queue.push(turn)
    })

  return {
    async acquire() {
      if (free > 0) free--
      else await wait()
      return releaseOnce()
    },
  }
}
