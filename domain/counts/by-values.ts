import type { Login } from '../login/login.ts'
import type { Dimension } from './dimensions.ts'

type Level<T> = Map<string, Level<T> | T>

/**
 * Holds one item for all logins that have the same values. It looks up one value per level, because joining
 * all values to one key costs more.
 */
export class ByValues<T> {
  readonly #root: Level<T> = new Map()
  readonly #outer: readonly Dimension['read'][]
  readonly #innermost: Dimension['read']

  /**
   * @param some the dimensions whose values tell logins apart; without any, there is one item for all logins
   */
  constructor(some: readonly Dimension[]) {
    const readers = some.map(({ read }) => read)
    this.#outer = readers.slice(0, -1)
    this.#innermost = readers.at(-1) ?? (() => '')
  }

  /**
   * Returns the item for the values of a login.
   * @param make makes the item for the first login with these values
   */
  of(login: Login, make: (login: Login) => T): T {
    let level = this.#root
    for (const read of this.#outer) {
      const value = read(login)
      level = (level.get(value) as Level<T> | undefined) ?? addLevel(level, value)
    }
    const value = this.#innermost(login)
    const known = level.get(value) as T | undefined
    if (known !== undefined) return known
    const made = make(login)
    level.set(value, made)
    return made
  }
}

function addLevel<T>(level: Level<T>, value: string): Level<T> {
  const made: Level<T> = new Map()
  level.set(value, made)
  return made
}
