import { fraction, type Random32 } from '../../../generator/sfc32.ts'
import type { TimeBucket } from '../../../domain/time/bucket.ts'
import type { RecountQuestion } from './recount-answer.ts'
import type { Dimension } from './recount-attempts.ts'

/** Questions about users, devices and addresses, at random. */

const members = ['USER', 'DEVICE', 'ADDRESS'] as const satisfies Dimension[]
const values = ['DEVICE_TYPE', 'APP_VERSION', 'LOCALE', 'OUTCOME', 'US_REGION'] as const satisfies Dimension[]
const clock = ['WEEKDAY', 'HOUR_OF_DAY'] as const satisfies Dimension[]
const zones = ['UTC', 'Asia/Kathmandu', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe']
const orders = [
  ...(['ATTEMPTS', 'LOGINS', 'FAILURES', 'FAILURE_RATE'] as const),
  ...(['LAST_SEEN_AT', 'USERS', 'DEVICES', 'ADDRESSES'] as const),
]

export type MemberQuestion = RecountQuestion & {
  bucket: 'HOUR' | 'DAY' | null
  /** Of whom different ones are counted. */
  counted: 'users' | 'devices' | 'addresses'
  compareTo: string
}

/** @param isByMembers whether groups are by users, devices or addresses; the filter is, if not */
export function randomQuestion(random: Random32, days: TimeBucket, isByMembers: boolean): MemberQuestion {
  const { some, pick, chance, below } = chooserOf(random)
  const kinds = isByMembers ? atLeastOne(some(members, 0.5), pick(members)) : []
  const others = some(isByMembers ? values : [...values, ...clock], 0.25)
  const groupBy = chance(0.5) ? [...kinds, ...others] : [...others, ...kinds]
  const minutes = (days.toMs - days.fromMs) / 60_000
  const [a, b] = [below(minutes), below(minutes)].map((minute) =>
    chance(0.5) ? minute : minute - (minute % 60),
  )
  const measured = orders.slice(0, groupBy.some((name) => clock.includes(name as never)) ? 4 : 8)
  return {
    range: {
      fromMs: days.fromMs + Math.min(a ?? 0, b ?? 0) * 60_000,
      toMs: days.fromMs + (Math.max(a ?? 0, b ?? 0) + 1) * 60_000,
    },
    timeZone: pick(zones),
    bucket: pick(['HOUR', 'DAY', null]),
    ...{ groupBy, within: some(groupBy, 0.5) },
    order: chance(0.3) ? null : { measure: pick(measured), direction: pick(['ASC', 'DESC']) },
    first: 1 + below(6),
    attempts: pick(['ALL', 'LOGINS', 'FAILURES']),
    counted: pick(['users', 'devices', 'addresses']),
    compareTo: pick(['[]', '[{ daysBefore: 1 }]', '[{ span: PREVIOUS }, { daysBefore: 2 }]']),
    filter: randomFilter(random, isByMembers),
  }
}

function chooserOf(random: Random32) {
  const below = (count: number) => Math.floor(fraction(random) * count)
  return {
    below,
    chance: (share: number) => fraction(random) < share,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    some: <T>(list: readonly T[], share: number): T[] => list.filter(() => fraction(random) < share),
  }
}

const atLeastOne = <T>(list: T[], one: T): T[] => (list.length === 0 ? [one] : list)

type Condition = MemberQuestion['filter']

function randomFilter(random: Random32, isByMembers: boolean): Condition {
  const { some, below } = chooserOf(random)
  const ids = (prefix: string, most: number) =>
    some(
      Array.from({ length: most }, (_, i) => `${prefix}${i}`),
      0.3,
    )
  const [users, devices] = [ids('user-', 60), ids('device-', 35)]
  const hosts = some(
    Array.from({ length: 60 }, (_, i) => i),
    0.4,
  )
  const byMembers: Condition[] = [
    { text: `users: ${JSON.stringify(users)}`, holds: ({ userId }) => users.includes(userId) },
    { text: `devices: ${JSON.stringify(devices)}`, holds: ({ deviceId }) => devices.includes(deviceId) },
    {
      // Written otherwise than they are stored.
      text: `addresses: ${JSON.stringify(hosts.flatMap((host) => [` 192.0.2.${host}`, `2001:DB8:0:0::${(1 + host).toString(16)}`]))}`,
      holds: ({ ip }) =>
        hosts.some((host) => ip === `192.0.2.${host}` || ip === `2001:db8::${(1 + host).toString(16)}`),
    },
  ]
  const byValues: Condition[] = [
    { text: 'locale: { in: ["ca", "NY"] }', holds: ({ locale }) => locale !== 'GB' },
    { text: 'deviceType: { notIn: ["ANDROID"] }', holds: ({ deviceType }) => deviceType !== 'android' },
    { text: 'outcome: { in: ["FAILURE"] }', holds: ({ outcome }) => outcome === 'failure' },
  ]
  const chosen = [...some(byMembers, isByMembers ? 0.15 : 0.4), ...some(byValues, 0.25)]
  if (!isByMembers && chosen.every((one) => byValues.includes(one)))
    chosen.push(byMembers[below(3)] as Condition)
  return {
    text: chosen.map(({ text }) => text).join(', '),
    holds: (login) => chosen.every(({ holds }) => holds(login)),
  }
}
