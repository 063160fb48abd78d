import { fraction, type Random32, sfc32, uuid } from './sfc32.ts'

/** What a message says, for the books of ground-truth.ts; `deviceType` null: the key is missing. */
export type SentLogin = {
  userId: string
  appVersion: string
  ip: string
  locale: string
  deviceId: string
  timestampSeconds: number
  deviceType: 'android' | 'iOS' | null
}

export type LoginMessage = { key: string; value: string; sent: SentLogin }

export type LoginSource = {
  /** The next login, dated `timestampSeconds` (Unix seconds). */
  next(timestampSeconds: number): LoginMessage
}

export type LoginSourceOptions = {
  /** Decides the pool: the same users with the same devices and homes for the same seed. */
  seed: number
  /** Users of the pool. They are computed when they log in, so ten million cost no memory. */
  users: number
  /** Decides who logs in when, and the keys; differs between two runs over the same pool. */
  stream?: number
}

const MISSING_DEVICE_TYPE_SHARE = 0.05
// Mobile networks change addresses; enough for an analysis of addresses to have something to find.
const ROAMING_SHARE = 0.1
// Newest first; half of the users are on the first, half of the rest on the second, and so on.
const appVersions = ['2.3.0', '2.2.1', '2.2.0', '2.1.4', '2.0.3', '1.9.8']
const locales = (
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR ' +
  'PA RI SC SD TN TX UT VT VA WA WV WI WY'
).split(' ')

/** Logins exactly as the original generator of this data set writes them: keys, their order, types and shares. */
export function createLoginSource({ seed, users, stream = 0 }: LoginSourceOptions): LoginSource {
  const random = sfc32(~seed, stream)
  return {
    next(timestampSeconds) {
      // Squared: a few users log in often, most of them rarely.
      const user = userOfPool(seed, Math.floor(fraction(random) ** 2 * users))
      const sent: SentLogin = {
        userId: user.userId,
        appVersion: user.appVersion,
        ip: fraction(random) < ROAMING_SHARE ? publicIp(random) : user.ip,
        locale: user.locale,
        deviceId: user.deviceId,
        timestampSeconds,
        deviceType: fraction(random) < MISSING_DEVICE_TYPE_SHARE ? null : user.deviceType,
      }
      return { key: uuid(random), value: originalForm(sent), sent }
    },
  }
}

function userOfPool(seed: number, index: number) {
  const random = sfc32(seed, index)
  return {
    userId: uuid(random),
    deviceId: uuid(random),
    deviceType: fraction(random) < 0.5 ? ('android' as const) : ('iOS' as const),
    appVersion: appVersions[Math.min(Math.clz32(random()), appVersions.length - 1)] ?? '2.3.0',
    locale: locales[random() % locales.length] ?? 'RI',
    ip: publicIp(random),
  }
}

// First octets under which every address is public unicast.
const publicIp = (random: Random32) =>
  `${11 + (random() % 89)}.${random() % 256}.${random() % 256}.${1 + (random() % 254)}`

// JSON.stringify leaves out members that are undefined.
const originalForm = (sent: SentLogin) =>
  JSON.stringify({
    user_id: sent.userId,
    app_version: sent.appVersion,
    ip: sent.ip,
    locale: sent.locale,
    device_id: sent.deviceId,
    timestamp: sent.timestampSeconds,
    device_type: sent.deviceType ?? undefined,
  })
