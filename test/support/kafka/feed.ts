import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { garbage, type OddRecord } from '../../../generator/garbage.ts'
import { GroundTruth } from '../../../generator/ground-truth.ts'
import {
  createLoginSource,
  type LoginMessage,
  messageOf,
  type SentLogin,
} from '../../../generator/login-source.ts'
import type { RejectReason } from '../../../domain/login/login.ts'
import { createLoginProducer } from '../../../kafka/write/login-producer.ts'
import type { Deployment } from '../deployment/deployment.ts'

/** Sends logins and keeps the books of what Kafka acknowledged. */
export type Feed = {
  truth: GroundTruth
  /** Sends this many logins of now, in records that the original generator would send; one in eight fails. */
  logins: (count: number) => Promise<void>
  /** Sends these logins. */
  these: (logins: readonly SentLogin[]) => Promise<void>
  /** Sends one login of a user of this name, with more keys if given. */
  loginOf: (userId: string, extra?: object) => Promise<void>
  /** Sends logins that will be lost: they are not in the books. */
  lost: (count: number) => Promise<void>
  /** Sends one record that is rejected for this reason in the end. */
  reject: (value: string, reason: RejectReason) => Promise<void>
  /** Sends every garbage record once, the one at index `i` with the key `garbage i`, and returns them. */
  garbage: () => Promise<OddRecord[]>
  /** Sends logins at a steady rate until the returned function is called, which resolves when all are acknowledged. */
  steadily: (perSecond: number) => () => Promise<void>
}

const RECORDS_PER_SEND = 500
/** A worker makes a batch of each partition of what a tick brings: more of them would show nothing else. */
const TICK_MS = 100
/** One login in this many fails. */
const FAILING = 8

export function createFeed({ kafka, config }: Deployment, seed = 1): Feed {
  const truth = new GroundTruth()
  const source = createLoginSource({ seed, users: 500 })
  const abort = new AbortController()
  const producer = createLoginProducer(kafka, {
    topic: config.kafka.topic,
    signal: abort.signal,
    onOutage: () => undefined,
    onRecovery: () => undefined,
  })
  onTestFinished(async () => {
    abort.abort()
    await producer.close()
  })

  const send = async (messages: readonly Pick<LoginMessage, 'key' | 'sent'>[]) => {
    for (let at = 0; at < messages.length; at += RECORDS_PER_SEND) {
      const some = messages.slice(at, at + RECORDS_PER_SEND)
      await producer.send(
        some.map(({ key, sent }) => ({ key: Buffer.from(key), value: Buffer.from(messageOf(sent)) })),
      )
      for (const { sent } of some) truth.addSent(sent)
    }
  }

  let made = 0
  const next = () => {
    const { key, sent } = source.next(Math.floor(Date.now() / 1000))
    made++
    return { key, sent: made % FAILING === 0 ? { ...sent, outcome: 'failure' as const } : sent }
  }
  const logins = (count: number) => send(Array.from({ length: count }, next))

  return {
    truth,
    logins,
    these: (sent) => send(sent.map((login) => ({ key: randomUUID(), sent: login }))),
    lost: async (count) => {
      const messages = Array.from({ length: count }, () => source.next(Math.floor(Date.now() / 1000)))
      await producer.send(
        messages.map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) })),
      )
    },
    reject: async (value, reason) => {
      await producer.send([{ key: Buffer.from(value), value: Buffer.from(value) }])
      truth.addReject(reason)
    },
    loginOf: async (userId, extra = {}) => {
      const { key, value, sent } = source.next(Math.floor(Date.now() / 1000))
      const message = JSON.stringify({ ...(JSON.parse(value) as object), ...extra, user_id: userId })
      await producer.send([{ key: Buffer.from(key), value: Buffer.from(message) }])
      truth.addSent({ ...sent, userId })
    },
    garbage: async () => {
      const records = garbage(Date.now(), config.ingest.loginMaxBytes)
      await producer.send(records.map(({ value }, i) => ({ key: Buffer.from(`garbage ${i}`), value })))
      for (const { expect } of records) truth.add(expect)
      return records
    },
    steadily: (perSecond) => {
      const stop = new AbortController()
      const running = (async () => {
        while (!stop.signal.aborted) {
          const startedAt = Date.now()
          await logins(Math.max(1, Math.round((perSecond * TICK_MS) / 1000)))
          await new Promise((resolve) => setTimeout(resolve, Math.max(0, TICK_MS - (Date.now() - startedAt))))
        }
      })()
      // A test that fails before it stops the feed ends the producer under it.
      running.catch(() => undefined)
      return async () => {
        stop.abort()
        await running
      }
    },
  }
}
