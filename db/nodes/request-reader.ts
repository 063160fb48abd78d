import { containedRead, isLost } from './contained-read.ts'
import { ReadFailure } from './read-failure.ts'
import { anyFreshness } from './requirement.ts'
import type { ReadRouter } from './router.ts'
import type { ReadSession } from './snapshot.ts'

/** Runs `work` in a snapshot of the node that serves the request. */
type OpenSession = (work: (session: ReadSession) => Promise<undefined>) => Promise<undefined>

export type Read = <T>(query: (session: ReadSession) => Promise<T>) => Promise<T>

type RequestReader = {
  /**
   * Runs a query in the request's snapshot, which the first query opens. Queries take turns. If one fails,
   * the others answer as if it had not run; only the loss of the node fails them all.
   * @throws {ReadFailure} see ReadRouter
   */
  read: Read
  /** Gives the connection back. Call it once the answer is complete. */
  close: () => void
}

/** A reader for one request: it reads one node at one moment, so that the parts of the answer agree. */
export function createRequestReader(open: OpenSession): RequestReader {
  const answered = Promise.withResolvers<undefined>()
  answered.promise.catch(() => undefined)
  let session: Promise<ReadSession> | null = null
  let lost: { error: unknown } | null = null
  let turn: Promise<unknown> = Promise.resolve()

  const openSession = () => {
    const opened = Promise.withResolvers<ReadSession>()
    open((opening) => {
      opened.resolve(opening)
      return answered.promise
    }).catch((error: unknown) => {
      // If it was open already, its connection may serve another request by now: no query may use it.
      lost ??= { error }
      opened.reject(error)
    })
    return opened.promise
  }
  const take: Read = async (query) => {
    const opened = await (session ??= openSession())
    if (lost !== null) throw lost.error
    try {
      return await containedRead(opened, query)
    } catch (error) {
      if (isLost(error)) {
        lost = { error }
        // Ends the session with this error, so that the router hears of it.
        answered.reject(error)
      }
      throw error
    }
  }

  return {
    read: (query) => {
      const taken = turn.then(() => take(query))
      turn = taken.catch(() => undefined)
      return taken
    },
    close: () => {
      answered.resolve(undefined)
    },
  }
}

/** Reads on the primary, each query in a snapshot of its own. @throws {ReadFailure} */
export const createPrimaryReader = (router: Pick<ReadRouter, 'withPrimary'>): Read =>
  createSingleReader((work) => router.withPrimary(work))

/** Reads each query in a snapshot of its own. @throws {ReadFailure} */
export const createSingleReader =
  (open: OpenSession): Read =>
  async (query) => {
    const reader = createRequestReader(open)
    try {
      return await reader.read(query)
    } finally {
      reader.close()
    }
  }

/**
 * Reads on the primary, or on another node while that is away, each query in a snapshot of its own.
 * @throws {ReadFailure}
 */
export function createLatestReader(router: ReadRouter): Read {
  const readPrimary = createPrimaryReader(router)
  const readAny = createSingleReader((work) => router.withReadNode(anyFreshness, work))
  return async (query) => {
    try {
      return await readPrimary(query)
    } catch (error) {
      if (error instanceof ReadFailure && error.kind === 'unavailable') return await readAny(query)
      throw error
    }
  }
}
