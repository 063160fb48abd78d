import { fraction, sfc32, uuid } from './sfc32.ts'
import { pickUser, publicIp, userOfPool } from './user-pool.ts'

/** What a message says, for the books of ground-truth.ts; `deviceType` null: the key is missing. */
export type SentLogin = {
  userId: string
  appVersion: string
  ip: string
  locale: string
  deviceId: string
  timestampSeconds: number
  deviceType: 'android' | 'iOS' | null
  /** Absent as in the messages of the original generator, which know none of these. */
  outcome?: 'success' | 'failure'
  failureReason?: string
  sessionId?: string
}

export type LoginMessage = { key: string; value: string; sent: SentLogin }

type LoginSource = {
  /** The next login, dated `timestampSeconds` (Unix seconds). */
  next(timestampSeconds: number): LoginMessage
}

type LoginSourceOptions = {
  /** Decides the pool: the same users with the same devices and homes for the same seed. */
  seed: number
  /** Users of the pool. They are computed when they log in, so ten million cost no memory. */
  users: number
  /** Decides who logs in when, and the keys; differs between two runs over the same pool. */
  stream?: number
}

export const MISSING_DEVICE_TYPE_SHARE = 0.05
// Mobile networks change addresses; enough for an analysis of addresses to have something to find.
export const ROAMING_SHARE = 0.1

/** Logins exactly as the original generator of this data set writes them: keys, their order, types and shares. */
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

/** The message in the form of the original generator. JSON.stringify leaves out members that are undefined. */
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
