import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parsePosition, type Position } from './position.ts'

/** Keeps the position of one source on disk. */
export type PositionFile = {
  /** Reads the position of an earlier run; null: there is none. @throws {Error} in one line */
  load: () => Promise<Position | null>
  /** Takes the file over: another run that sends the same source ends. @throws {Error} in one line */
  claim: (position: Position) => Promise<void>
  /**
   * Saves a position. If the process dies meanwhile, the file holds this one or the one before.
   * @throws {Error} in one line
   */
  save: (position: Position) => Promise<void>
}

/** @param run a text that no other run has */
export function openPositionFile(file: string, run: string): PositionFile {
  const load = async () => {
    try {
      return parsePosition(await readFile(file, 'utf8'), file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }
  const write = async (position: Position) => {
    const written = `${file}.new`
    try {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(written, `${JSON.stringify({ ...position, run })}\n`)
      await rename(written, file)
    } catch (error) {
      throw new Error(
        `the position can't be kept (${(error as Error).message}); --from - sends what it reads without one`,
        { cause: error },
      )
    }
  }
  return {
    load,
    claim: write,
    save: async (position) => {
      const last = await load()
      if (last !== null && last.run !== run)
        throw new Error(`${file} was taken over by another run, which goes on; this run ends`)
      await write(position)
    },
  }
}
