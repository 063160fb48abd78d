import { ReadFailure, readFailure } from './failure.ts'
import type { ReadRouter } from './router.ts'
import type { ReadSession } from './snapshot.ts'

/** Runs `work` in a snapshot of the node that serves the request. */
export type OpenSession = (work: (session: ReadSession) => Promise<undefined>) => Promise<undefined>

export type Read = <T>(query: (session: ReadSession) => Promise<T>) => Promise<T>

export type RequestReader = {
  /**
   * Runs a query in the request's snapshot, which opens with the first one. Queries take turns on its connection; the
   * first that fails fails those after it, since Postgres ends the transaction.
   * @throws {ReadFailure} see ReadRouter
   */
  read: Read
  /** Gives the connection back; to be called once the answer is complete. */
  close: () => void
}

/** Longer than a statement may take: what does not answer by then hangs, and Postgres will not say so. */
const READ_DEADLINE_MS = 6_000

/** One request reads one node at one moment, so that the parts of its answer agree. */
export function createRequestReader(open: OpenSession): RequestReader {
  const answered = Promise.withResolvers<undefined>()
  answered.promise.catch(() => undefined)
  let session: Promise<ReadSession> | null = null
  let failure: { error: unknown } | null = null

  const openSession = () => {
    const opened = Promise.withResolvers<ReadSession>()
    open((opening) => {
      opened.resolve(opening)
      return answered.promise
    }).catch(opened.reject)
    return opened.promise
  }

  return {
    async read(query) {
      try {
        const opened = await (session ??= openSession())
        if (failure !== null) throw failure.error
        return await withDeadline(query(opened))
      } catch (error) {
        failure ??= { error: readFailure(error) }
        // A hung or lost node is marked by the router, which learns of it from the session's end.
        if (isLost(failure.error)) answered.reject(failure.error)
        throw failure.error
      }
    },
    close: () => {
      answered.resolve(undefined)
    },
  }
}

/** Reads on the primary, each query in a snapshot of its own. @throws {ReadFailure} */
export const createPrimaryReader =
  (router: Pick<ReadRouter, 'withPrimary'>): Read =>
  async (query) => {
    const reader = createRequestReader((work) => router.withPrimary(work))
    try {
      return await reader.read(query)
    } finally {
      reader.close()
    }
  }

const isLost = (error: unknown) => error instanceof ReadFailure && error.kind === 'unavailable'

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    late.reject(
      new ReadFailure('unavailable', `the database node did not answer within ${READ_DEADLINE_MS} ms`),
    )
  }, READ_DEADLINE_MS)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
