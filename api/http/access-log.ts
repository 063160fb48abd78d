import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '../../config/config.ts'
import type { LogFields } from '../../config/log-fields.ts'
import { withLogFields } from '../../config/logger.ts'
import { counted, FaultCount } from '../../config/repeated-fault.ts'
import type { Logger } from '../context/logger.ts'
import type { Pseudonym } from '../context/masks.ts'
import { knownMethod, knownPath, type RequestNotes, withNotes } from '../context/request-notes.ts'
import { requestIdOf } from '../context/request-id.ts'

/** As many requests of a second have a line; the next line says how many had none. */
const LINES_PER_SECOND = 500
/** As of nginx: nobody was there any more for an answer. */
const CLIENT_LEFT = 499
const PROBES = new Set(['/health', '/ready'])

type Request = Pick<IncomingMessage, 'headers' | 'method' | 'url'>
type Response = Pick<ServerResponse, 'setHeader' | 'once' | 'statusCode' | 'headersSent' | 'writableFinished'>

/** Gives a request its id, does `work`, which answers it, and logs it once the answer is sent. */
export type AccessLog = (request: Request, response: Response, work: () => void) => void

/**
 * Logs a line for each request, at the begin and the end of each subscription, and where a probe fails. A line says what
 * was asked for by the names of the schema alone, and who asked by a pseudonym: nothing in it is a text of a client.
 * @param which none is logged with `off`, and with `refused` only what was not answered as asked
 * @param clock milliseconds that never go back
 */
export function createAccessLog(
  logger: Logger,
  which: Config['api']['accessLog'],
  pseudonym: Pseudonym,
  clock: () => number = () => performance.now(),
): AccessLog {
  const write = limited((fields, message) => {
    logger.info(fields, message)
  }, clock)
  const probes = new Map([...PROBES].map((path) => [path, new FaultCount()]))
  return (request, response, work) => {
    const startMs = clock()
    const requestId = requestIdOf(request.headers['x-request-id'])
    // For what audits looks, which reads it there.
    request.headers['x-request-id'] = requestId
    response.setHeader('x-request-id', requestId)
    const path = knownPath(request.url)
    const method = knownMethod(request.method) ?? 'OTHER'
    let isSubscription = false
    const line = (action: string, status: number, more: LogFields = {}) => {
      const what = {
        requestId,
        action,
        method,
        path,
        status,
        duration: Math.round((clock() - startMs) * 1e6),
      }
      write({ ...what, ...asked(notes, pseudonym), ...more }, `${method} ${path ?? 'another path'} ${status}`)
    }
    const notes: RequestNotes = {
      ...{ fields: new Set(), codes: new Set(), operation: null, cost: null, sender: null },
      subscribed: () => {
        isSubscription = true
        if (which === 'all') line('subscription-begun', 200)
      },
    }
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : CLIENT_LEFT
      const isRefused = status >= 400 || notes.codes.size > 0
      if (which === 'off' || (which === 'refused' && !isRefused)) return
      const probe = probes.get(path ?? '')
      const said = isRefused ? probe?.failed(clock()) : probe?.worked(clock())
      // How often a part did not answer is said by probes/probes.ts.
      if (probe !== undefined && (said === null || said === undefined || !isRefused)) return
      line(isSubscription ? 'subscription-ended' : 'request', status, said ? counted(said) : {})
    })
    withLogFields({ requestId }, () => {
      withNotes(notes, work)
    })
  }
}

/** What was asked, and by whom. */
function asked({ fields, codes, operation, cost, sender }: RequestNotes, pseudonym: Pseudonym): LogFields {
  return {
    ...{ operation, cost },
    ...(fields.size === 0 ? {} : { fields: [...fields] }),
    ...(codes.size === 0 ? {} : { codes: [...codes] }),
    ...(sender === null
      ? {}
      : {
          actor: pseudonym('actor', JSON.stringify([sender.issuer, sender.subject])),
          roles: sender.roles,
        }),
  }
}

/** Writes so many lines of a second, and counts the others. */
function limited(
  write: (fields: LogFields, message: string) => void,
  clock: () => number,
): (fields: LogFields, message: string) => void {
  let second = 0
  let lines = 0
  let omitted = 0
  return (fields, message) => {
    const now = Math.floor(clock() / 1_000)
    if (now !== second) [second, lines] = [now, 0]
    if (++lines > LINES_PER_SECOND) {
      omitted++
      return
    }
    write(omitted === 0 ? fields : { ...fields, omitted }, message)
    omitted = 0
  }
}
