import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Refusal, refusalOf } from './http-guard.ts'
import type { Logger } from '../context/logger.ts'

/** Headers come in one packet; a whole request of the largest size takes seconds on the slowest line. */
const HEADERS_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 15_000
/** How often Node looks for requests that take too long. */
const TIMEOUT_CHECK_MS = 1_000
/** A connection on which nothing moves for longer is closed; no command takes as long. */
const IDLE_TIMEOUT_MS = 60_000
/** More connections than this are closed as they come. */
const MAX_CONNECTIONS = 1_000
/** For a client to read why its request is not read on. */
const LINGER_MS = 500

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** The HTTP server around GraphQL: bounds what a connection may hold, and refuses what it can before a body is read. */
export function createApiServer(handler: Handler, logger: Logger, allowedHosts: readonly string[]): Server {
  const http = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    },
    (request, response) => {
      endWithBody(request, response)
      const refusal = refusalOf(request, allowedHosts)
      if (refusal !== null) {
        response.writeHead(refusal.status, { 'content-type': 'application/json', connection: 'close' })
        response.end(bodyOf(refusal))
        return
      }
      Promise.resolve(handler(request, response)).catch((error: unknown) => {
        logger.error({ err: error, path: request.url }, 'a request could not be answered')
        response.destroy()
      })
    },
  )
  http.maxConnections = MAX_CONNECTIONS
  http.setTimeout(IDLE_TIMEOUT_MS)
  http.on('clientError', refuseConnection)
  return http
}

/** Whoever is answered before it has sent everything is not read on. */
function endWithBody(request: IncomingMessage, response: ServerResponse): void {
  // A response that closes its connection lets go of it before it is finished.
  const { socket } = request
  response.once('finish', () => {
    if (request.complete) return
    socket.pause()
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  })
}

/** What Node's parser or its time-outs refuse. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = refusalOfError(error)
  const body = bodyOf(refusal)
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  )
}

function refusalOfError({ code }: NodeJS.ErrnoException): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const [headers, all] = [HEADERS_TIMEOUT_MS / 1_000, REQUEST_TIMEOUT_MS / 1_000]
    return {
      status: 408,
      message: `send the headers within ${headers} s and all of the request within ${all} s`,
    }
  }
  return code === 'HPE_HEADER_OVERFLOW'
    ? { status: 431, message: 'the headers are larger than 16 KiB: send fewer' }
    : { status: 400, message: 'this is no HTTP request' }
}

const bodyOf = ({ message }: Refusal) => JSON.stringify({ errors: [{ message }] })
