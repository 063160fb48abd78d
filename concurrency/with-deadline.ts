import pTimeout, { type Options } from 'p-timeout'

/**
 * Waits for work until a deadline; the work goes on after it.
 *
 * p-timeout would call the `cancel` of what it is given. That of a query of postgres.js asks the server by a connection of its own,
 * and where this one fails, as when the server is away or slow, the failure is nobody's and ends the process.
 * @throws {TimeoutError} or what `options` name, if it takes longer
 */
export const withDeadline = <T, Late = never>(
  work: PromiseLike<T>,
  options: Options<Late>,
): Promise<T | Late> => pTimeout(plain(work), options)

/** A promise that is nothing else. */
const plain = async <T>(work: PromiseLike<T>): Promise<T> => await work
