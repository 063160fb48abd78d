import {
  messageOf,
  MISSING_DEVICE_TYPE_SHARE,
  type LoginMessage,
  type SentLogin,
} from '../../generator/login-source.ts'
import { fraction, sfc32, uuid } from '../../generator/sfc32.ts'
import { userOfPool } from '../../generator/user-pool.ts'

const DEVICES = 2
const ADDRESSES = 3

/**
 * Makes logins of users who come back with two devices and three addresses each. How often a user logs in
 * follows Zipf's law: the second most frequent half as often as the first, the third a third as often.
 */
export function createReturningUsers(
  seed: number,
  users: number,
): { next(timestampSeconds: number): LoginMessage } {
  const random = sfc32(~seed, users)
  const pickUser = zipf(users)
  // What belongs to a user is what belongs to several users of the pool, whom no other user has.
  const owned = (user: number, number: number) => userOfPool(seed, user + number * users)
  return {
    next(timestampSeconds) {
      const index = pickUser(fraction(random))
      const { userId, locale } = owned(index, 0)
      const device = owned(index, random() % DEVICES)
      const sent: SentLogin = {
        userId,
        appVersion: device.appVersion,
        ip: owned(index, random() % ADDRESSES).ip,
        locale,
        deviceId: device.deviceId,
        timestampSeconds,
        deviceType: fraction(random) < MISSING_DEVICE_TYPE_SHARE ? null : device.deviceType,
      }
      return { key: uuid(random), value: messageOf(sent), sent }
    },
  }
}

/** Returns a function from a share, 0 (inclusive) to 1 (exclusive), to a rank, from 0 on. */
function zipf(ranks: number): (share: number) => number {
  const weightUpTo = new Float64Array(ranks)
  let weight = 0
  for (let rank = 0; rank < ranks; rank++) weightUpTo[rank] = weight += 1 / (rank + 1)
  return (share) => {
    const sought = share * weight
    let [least, most] = [0, ranks - 1]
    while (least < most) {
      const middle = (least + most) >>> 1
      if ((weightUpTo[middle] ?? weight) > sought) most = middle
      else least = middle + 1
    }
    return least
  }
}
