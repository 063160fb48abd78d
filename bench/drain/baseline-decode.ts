import type { Batch, Message } from 'kafkajs'
import { partitionForKey } from '../../kafka/records/murmur2.ts'

export type EnrichedLogin = {
  offset: bigint
  minuteMs: number
  deviceType: string
  appVersion: string
  locale: string
  message: Message
}

const MINUTE_MS = 60_000

type LoginMessage = {
  user_id: string
  device_id: string
  ip: string
  locale: string
  app_version: string
  timestamp: number | string
  device_type?: string
}

/**
 * Decodes the logins of a batch, each with the message to publish. Messages that are no login are skipped.
 * @param partitions of the output topic
 */
export function decodeBatch({ topic, partition, messages }: Batch, partitions: number): EnrichedLogin[] {
  const logins: EnrichedLogin[] = []
  for (const { offset, value } of messages) {
    const login = parse(value)
    if (login === null) continue
    const timeMs = Number(login.timestamp) * 1000
    const deviceType = login.device_type ?? 'unknown'
    const key = Buffer.from(login.user_id)
    const enriched = {
      type: 'login',
      user_id: login.user_id,
      device_id: login.device_id,
      event_time: new Date(timeMs).toISOString(),
      timestamp: Number(login.timestamp),
      ip: login.ip,
      locale: login.locale,
      app_version: login.app_version,
      device_type: deviceType,
      source: { topic, partition, offset: Number(offset) },
    }
    logins.push({
      offset: BigInt(offset),
      minuteMs: Math.floor(timeMs / MINUTE_MS) * MINUTE_MS,
      deviceType,
      appVersion: login.app_version,
      locale: login.locale,
      // Chosen here because kafkajs hashes keys with BigInt, which is tens of times slower.
      message: { key, value: JSON.stringify(enriched), partition: partitionForKey(key, partitions) },
    })
  }
  return logins
}

function parse(value: Buffer | null): LoginMessage | null {
  try {
    const login = JSON.parse(value?.toString('utf8') ?? '') as LoginMessage | null
    return typeof login?.user_id === 'string' && Number(login.timestamp) > 0 ? login : null
  } catch {
    return null
  }
}
