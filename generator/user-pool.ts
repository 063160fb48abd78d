import { fraction, type Random32, sfc32, uuid } from './sfc32.ts'

type PoolUser = {
  userId: string
  deviceId: string
  deviceType: 'android' | 'iOS'
  appVersion: string
  locale: string
  ip: string
}

/** Newest first. Half of the users have the first one, half of the rest the second, and so on. */
const appVersions = ['2.3.0', '2.2.1', '2.2.0', '2.1.4', '2.0.3', '1.9.8']
const locales = (
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR ' +
  'PA RI SC SD TN TX UT VT VA WA WV WI WY'
).split(' ')

/** Computes a user of a seed's pool. Users are not stored, so that ten million take no memory. */
export function userOfPool(seed: number, index: number): PoolUser {
  const random = sfc32(seed, index)
  return {
    userId: uuid(random),
    deviceId: uuid(random),
    deviceType: fraction(random) < 0.5 ? 'android' : 'iOS',
    appVersion: appVersions[Math.min(Math.clz32(random()), appVersions.length - 1)] ?? '2.3.0',
    locale: locales[random() % locales.length] ?? 'RI',
    ip: publicIp(random),
  }
}

/** Picks who logs in next. The draw is squared: a few users log in often, most of them rarely. */
export const pickUser = (random: Random32, users: number): number => Math.floor(fraction(random) ** 2 * users)

/** Draws an address. All addresses with these first octets are public unicast ones. */
export const publicIp = (random: Random32): string =>
  `${11 + (random() % 89)}.${random() % 256}.${random() % 256}.${1 + (random() % 254)}`
