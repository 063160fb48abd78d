import { Kafka, logLevel } from 'kafkajs'
import type { Config } from '../config/config.ts'
import { connectBroker } from './broker-socket.ts'
import { growEncodersExactly } from './kafkajs-internals.ts'
import { checkTimeoutsSeldom, stopIdleTimers } from './kafkajs-timers.ts'
import { saslOptions } from './sasl/sasl.ts'

export type { Kafka } from 'kafkajs'

stopIdleTimers()
checkTimeoutsSeldom()
growEncodersExactly()

/**
 * Retries inside kafkajs hide a refused connection for about a second. A longer outage is for the caller to
 * see (G5).
 */
const RETRIES = 3
const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 1_000

const CONNECTION_TIMEOUT_MS = 3_000
/**
 * So long before a broker ends a session, the next request signs in anew: longer than a request is on its way. In kafkajs's 10 s
 * every request would, where sessions are that short, and brokers refuse that more than once a second.
 */
const REAUTHENTICATION_MS = 3_000
/** A broker that does not answer for this long counts as away. It is longer than any long poll. */
const REQUEST_TIMEOUT_MS = 10_000

/**
 * Makes a Kafka client. What is made of the client opens the connections. kafkajs's own log is off: a failure
 * reaches the caller as an error, and whoever waits for Kafka logs that once.
 */
export function createKafka(config: Config['kafka'], clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers: config.brokers,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    reauthenticationThreshold: REAUTHENTICATION_MS,
    retry: { retries: RETRIES, initialRetryTime: FIRST_RETRY_MS, maxRetryTime: LONGEST_RETRY_MS },
    logLevel: logLevel.NOTHING,
    ...(config.sasl === null ? {} : { sasl: saslOptions(config.sasl) }),
    socketFactory: ({ host, port, onConnect }) => connectBroker({ host, port, tls: config.tls }, onConnect),
  })
}
