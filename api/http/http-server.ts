import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { securityHeaders, setSecurityHeaders } from '../../probes/security-headers.ts'
import { createHttpsServer, type ServerFiles } from '../../tls/serve-tls.ts'
import type { Draining } from './draining.ts'
import { answerPreflight, isPreflight, setCorsHeaders } from './cors.ts'
import type { CountLimited } from '../limits/limited.ts'
import { limitConnections } from './limit-connections.ts'
import { type Access, type Refusal, refusalOf } from './http-guard.ts'
import { refusalBody } from './refusal-body.ts'
import type { Logger } from '../context/logger.ts'
import { knownPath, noteCode } from '../context/request-notes.ts'
import type { AccessLog } from './access-log.ts'

/** Headers come in one packet. A request of the largest size takes some seconds on a slow line. */
const HEADERS_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 15_000
/** How often Node checks for requests that take too long. */
const TIMEOUT_CHECK_MS = 1_000
/** A connection without traffic is closed after this; every command ends sooner. */
const IDLE_TIMEOUT_MS = 60_000
/**
 * How long a connection is kept for the next request: longer than the 60 s of nginx and of the balancers of clouds, which else send
 * a request into a connection that is just being closed.
 */
const KEEP_ALIVE_MS = 65_000
/** Connections besides those of subscriptions; further ones are closed at once. */
const MAX_CONNECTIONS = 1_000
/** How much of all connections one address may have, so that it leaves some to others. */
const SHARE_OF_ADDRESS = 1 / 2
/** Connections of an address besides the subscriptions of one client. */
const BESIDE_SUBSCRIPTIONS = 100
/** How long a client has to read why its request was refused. */
const LINGER_MS = 500

const timeouts = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  keepAliveTimeout: KEEP_ALIVE_MS,
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void
type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * The HTTP or HTTPS server in front of GraphQL. It limits what a connection may take, and refuses what it can before
 * it reads a body.
 * @throws {TlsProblem} the certificate cannot be used
 */
export function createApiServer(
  handler: Handler,
  logger: Logger,
  {
    subscriptions,
    tls,
    trustedProxies,
    accessLog,
    draining,
    ...access
  }: Access & {
    subscriptions: { all: number; perClient: number }
    /** They connect for others. */
    trustedProxies: readonly string[]
    accessLog: AccessLog
    draining: Draining
    tls: ServerFiles | null
  },
  limited: CountLimited,
): Server | HttpsServer {
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    endWithBody(request, response)
    setSecurityHeaders(response, request.headers.host ?? '', tls !== null)
    setCorsHeaders(request, response, access.allowedOrigins)
    const refusal = refusalOf(request, access)
    if (refusal !== null) {
      noteCode('BAD_REQUEST')
      response.writeHead(refusal.status, { 'content-type': 'application/json', connection: 'close' })
      response.end(bodyOf(refusal))
      return
    }
    if (draining.take(request, response)) return
    if (isPreflight(request, access.allowedOrigins)) {
      answerPreflight(response)
      return
    }
    Promise.resolve(handler(request, response)).catch((error: unknown) => {
      logger.error(
        { err: error, path: knownPath(request.url) },
        'a request could not be answered: its connection is closed',
      )
      response.destroy()
    })
  }
  const refused = (reason: string) => {
    logger.error({ error: reason }, 'the API goes on with the certificate that it had')
  }
  const distrusted = (reason: string) => {
    logger.error({ error: reason }, 'clients refuse the certificate of this API')
  }
  const options = { ...timeouts, handshakeTimeout: HEADERS_TIMEOUT_MS, refused, distrusted }
  const logged: Answering = (request, response) => {
    accessLog(request, response, () => {
      answer(request, response)
    })
  }
  const http = tls === null ? createServer(timeouts, logged) : createHttpsServer(tls, options, logged)
  http.maxConnections = MAX_CONNECTIONS + subscriptions.all
  http.setTimeout(IDLE_TIMEOUT_MS)
  const share = http.maxConnections * SHARE_OF_ADDRESS
  // A client that may subscribe as often asks beside it.
  limitConnections(
    http,
    Math.max(share, subscriptions.perClient + BESIDE_SUBSCRIPTIONS),
    trustedProxies,
    limited,
  )
  http.on('clientError', refuseConnection)
  return http
}

/** Stops reading a request that is answered before all of it has arrived. */
function endWithBody(request: IncomingMessage, response: ServerResponse): void {
  // Taken now, because a response that closes its connection loses its socket before `finish`.
  const { socket } = request
  response.once('finish', () => {
    if (request.complete) return
    socket.pause()
    socket.end()
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
  })
}

const headerLines = Object.entries(securityHeaders)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('')

/** Answers what Node's HTTP parser or its time-outs refuse. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const refusal = refusalOfError(error)
  const body = bodyOf(refusal)
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}\r\nconnection: close\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headerLines}\r\n${body}`,
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
    ? { status: 431, message: 'the URL and the headers are larger than 16 KiB: send a long question by POST' }
    : { status: 400, message: 'this is not a valid HTTP request: send HTTP/1.1' }
}

const bodyOf = ({ message }: Refusal) => JSON.stringify(refusalBody(message))
