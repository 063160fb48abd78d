import { connect, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { explainErrors } from '../tls/explain-tls.ts'
import { failedSocket } from '../tls/failed-socket.ts'
import { type TlsClient, tlsOptions } from '../tls/tls-client.ts'

/** What one read from the system may bring. All sockets share it: their bytes are copied before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(256 * 1024)
/** A response that says it is larger is passed on as it comes: the peer may be no Kafka at all. */
const WHOLE_MAX_BYTES = 64 * 1024 * 1024
const SIZE_BYTES = 4

const CORRELATION_ID_AT = 4
const PAYLOAD_AT = 8

type Receive = (payload: Buffer) => void
/** Of each socket: who gets the response to a request, by its correlation id. */
const receivers = new WeakMap<Socket, Map<number, Receive>>()

/**
 * Gives the response to a request to `receive`, without its header and its copy by kafkajs. A socket that connectBroker did
 * not open goes on giving it to kafkajs.
 */
export function receiveOnce(socket: Socket, correlationId: number, receive: Receive): void {
  receivers.get(socket)?.set(correlationId, receive)
}

/** @param tls null: plaintext */
type BrokerAddress = { host: string; port: number; tls: TlsClient | null }

/**
 * Opens a connection to a broker. Its `data` events are whole responses of the Kafka protocol that nobody else receives: Node
 * would take memory of its own for every read, and kafkajs would put the pieces together in more.
 */
export function connectBroker({ host, port, tls }: BrokerAddress, onConnect: () => void): Socket {
  const receiveBy = new Map<number, Receive>()
  const responses = new Responses((response) => {
    const correlationId = response.length < PAYLOAD_AT ? NaN : response.readInt32BE(CORRELATION_ID_AT)
    const receive = receiveBy.get(correlationId)
    receiveBy.delete(correlationId)
    if (receive === undefined) socket.emit('data', response)
    else receive(response.subarray(PAYLOAD_AT))
  })
  const address = {
    host,
    port,
    onread: {
      buffer: readBuffer,
      callback: (count: number) => {
        responses.add(readBuffer.subarray(0, count))
        return true
      },
    },
  }
  const socket: Socket = tls === null ? connect(address, onConnect) : openSecure(tls, address, onConnect)
  // Nagle's algorithm holds small requests back by up to 40 ms.
  socket.setNoDelay(true)
  socket.setKeepAlive(true)
  receivers.set(socket, receiveBy)
  return socket
}

function openSecure(
  tls: TlsClient,
  address: ConnectionOptions & { host: string },
  onConnect: () => void,
): Socket {
  try {
    const socket = connectTls({ ...tlsOptions(tls, address.host), ...address }, onConnect)
    explainErrors(socket, tls)
    return socket
  } catch (error) {
    return failedSocket(error as Error)
  }
}

/** Puts responses together out of what is read: https://kafka.apache.org/protocol#protocol_common */
export class Responses {
  readonly #onResponse: (response: Buffer) => void
  readonly #size = Buffer.alloc(SIZE_BYTES)
  #sizeBytes = 0
  /** The response with its size, as far as it came; null: its size is not known, or it is passed on as it comes. */
  #response: Buffer | null = null
  /** Bytes of the response that are missing. */
  #missing = 0

  constructor(onResponse: (response: Buffer) => void) {
    this.#onResponse = onResponse
  }

  /** @param bytes copied before this returns */
  add(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;)
      at += this.#missing > 0 ? this.#addBody(bytes, at) : this.#addSize(bytes, at)
  }

  #addSize(bytes: Buffer, at: number): number {
    const count = bytes.copy(this.#size, this.#sizeBytes, at)
    this.#sizeBytes += count
    if (this.#sizeBytes < SIZE_BYTES) return count
    this.#sizeBytes = 0
    const size = this.#size.readInt32BE(0)
    if (size > 0 && size <= WHOLE_MAX_BYTES) {
      this.#missing = size
      this.#response = Buffer.allocUnsafe(SIZE_BYTES + size)
      this.#size.copy(this.#response)
    } else {
      this.#missing = Math.max(0, size)
      this.#onResponse(Buffer.from(this.#size))
    }
    return count
  }

  #addBody(bytes: Buffer, at: number): number {
    const count = Math.min(this.#missing, bytes.length - at)
    const response = this.#response
    if (response === null) this.#onResponse(Buffer.from(bytes.subarray(at, at + count)))
    else bytes.copy(response, response.length - this.#missing, at, at + count)
    this.#missing -= count
    if (this.#missing === 0 && response !== null) {
      this.#response = null
      this.#onResponse(response)
    }
    return count
  }
}
