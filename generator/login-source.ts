import { fraction, sfc32, uuid } from './sfc32.ts'
import { pickUser, publicIp, userOfPool } from './user-pool.ts'

/** What a message says, for ground-truth.ts. `deviceType` is null if the message has no such key. */
export type SentLogin = {
  userId: string
  appVersion: string
  ip: string
  locale: string
  deviceId: string
  timestampSeconds: number
  deviceType: 'android' | 'iOS' | null
  /** This and the next two are absent from messages of the original generator, which does not know them. */
  outcome?: 'success' | 'failure'
  failureReason?: string
  sessionId?: string
}

export type LoginMessage = { key: string; value: string; sent: SentLogin }

type LoginSource = {
  /** Makes the next login, dated `timestampSeconds` (Unix seconds). */
  next(timestampSeconds: number): LoginMessage
}

type LoginSourceOptions = {
  /** Decides the pool: the same seed has the same users with the same devices, locales and addresses. */
  seed: number
  /** Number of users in the pool. A user is computed at each login, so that ten million take no memory. */
  users: number
  /** Decides who logs in when, and the keys: two runs over the same pool should have different ones. */
  stream?: number
}

export const MISSING_DEVICE_TYPE_SHARE = 0.05
/** Mobile networks change addresses, and an analysis of addresses should find something. */
export const ROAMING_SHARE = 0.1

/**
 * Makes logins exactly as the original generator of this data set does: with its keys, order, types and
 * shares.
 */
export function createLoginSource({ seed, users, stream = 0 }: LoginSourceOptions): LoginSource {
  const random = sfc32(~seed, stream)
  return {
    next(timestampSeconds) {
      const user = userOfPool(seed, pickUser(random, users))
      const sent: SentLogin = {
        userId: user.userId,
        appVersion: user.appVersion,
        ip: fraction(random) < ROAMING_SHARE ? publicIp(random) : user.ip,
        locale: user.locale,
        deviceId: user.deviceId,
        timestampSeconds,
        deviceType: fraction(random) < MISSING_DEVICE_TYPE_SHARE ? null : user.deviceType,
      }
      return { key: uuid(random), value: messageOf(sent), sent }
    },
  }
}

/**
 * Writes the message in the form of the original generator. JSON.stringify leaves out keys that are
 * undefined.
 */
export const messageOf = (sent: SentLogin): string =>
  JSON.stringify({
    user_id: sent.userId,
    app_version: sent.appVersion,
    ip: sent.ip,
    locale: sent.locale,
    device_id: sent.deviceId,
    timestamp: sent.timestampSeconds,
    device_type: sent.deviceType ?? undefined,
    outcome: sent.outcome,
    failure_reason: sent.failureReason,
    session_id: sent.sessionId,
  })
