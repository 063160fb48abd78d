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

const numbers = orders.filter((name) => name !== 'LAST_SEEN_AT')

export type MemberQuestion = RecountQuestion & {
  bucket: 'HOUR' | 'DAY' | null
  /** Of whom different ones are counted. */
  counted: 'users' | 'devices' | 'addresses'
  compareTo: string
}

/** @param isByMembers whether groups are by users, devices or addresses; if not, the filter is, or they are by the clock */
export function randomQuestion(random: Random32, days: TimeBucket, isByMembers: boolean): MemberQuestion {
  const { some, pick, chance, below } = chooserOf(random)
  const kinds = isByMembers ? atLeastOne(some(members, 0.5), pick(members)) : []
  const others = some(isByMembers ? values : [...values, ...clock], 0.25)
  const groupBy = chance(0.5) ? [...kinds, ...others] : [...others, ...kinds]
  const minutes = (days.toMs - days.fromMs) / 60_000
  const [a, b] = [below(minutes), below(minutes)].map((minute) =>
    chance(0.5) ? minute : minute - (minute % 60),
  )
  const isByClock = groupBy.some((name) => clock.includes(name as never))
  const measured = orders.filter((name) => !(isByClock && name === 'LAST_SEEN_AT'))
  return {
    range: {
      fromMs: days.fromMs + Math.min(a ?? 0, b ?? 0) * 60_000,
      toMs: days.fromMs + (Math.max(a ?? 0, b ?? 0) + 1) * 60_000,
    },
    timeZone: pick(zones),
    bucket: pick(['HOUR', 'DAY', null]),
    ...{ groupBy, within: some(groupBy, 0.5) },
    order: chance(0.3) ? null : { measure: pick(measured), direction: pick(['ASC', 'DESC']) },
    ...(chance(0.3) ? { having: { measure: pick(numbers), atLeast: pick([0.5, 1, 2, 3]) } } : {}),
    first: 1 + below(6),
    attempts: pick(['ALL', 'LOGINS', 'FAILURES']),
    counted: pick(['users', 'devices', 'addresses']),
    compareTo: pick(['[]', '[{ daysBefore: 1 }]', '[{ span: PREVIOUS }, { daysBefore: 2 }]']),
    filter: randomFilter(random, isByMembers || (isByClock && chance(0.5))),
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

/** @param isAny whether it may be by values alone */
function randomFilter(random: Random32, isAny: boolean): Condition {
  const { some, below, chance } = chooserOf(random)
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
    chance(0.5) ? addressesOf(hosts) : networksOf(below(64), 26 + below(7)),
  ]
  const byValues: Condition[] = [
    { text: 'locale: { in: ["ca", "NY"] }', holds: ({ locale }) => locale !== 'GB' },
    { text: 'deviceType: { notIn: ["ANDROID"] }', holds: ({ deviceType }) => deviceType !== 'android' },
    { text: 'outcome: { in: ["FAILURE"] }', holds: ({ outcome }) => outcome === 'failure' },
  ]
  const chosen = [...some(byMembers, isAny ? 0.15 : 0.4), ...some(byValues, 0.25)]
  if (!isAny && chosen.every((one) => byValues.includes(one))) chosen.push(byMembers[below(3)] as Condition)
  return {
    text: chosen.map(({ text }) => text).join(', '),
    holds: (login) => chosen.every(({ holds }) => holds(login)),
  }
}

/** Written otherwise than they are stored. */
const addressesOf = (hosts: readonly number[]): Condition => ({
  text: `addresses: ${JSON.stringify(hosts.flatMap((host) => [` 192.0.2.${host}`, ipv6Of(host).toUpperCase().replace('::', ':0:0::')]))}`,
  holds: ({ ip }) => hosts.some((host) => ip === `192.0.2.${host}` || ip === ipv6Of(host)),
})

/** Some of the first 64 addresses of 192.0.2.0/24 by their first bits, and 16 of IPv6. */
function networksOf(host: number, bits: number): Condition {
  const size = 2 ** (32 - bits)
  const numberOf = (ip: string, form: RegExp, radix: number) =>
    Number.parseInt(form.exec(ip)?.[1] ?? '', radix)
  return {
    text: `addresses: ["192.0.2.${host}/${bits}", " ${ipv6Of(host)}/124", "198.51.100.0/24"]`,
    holds: ({ ip }) =>
      Math.floor(numberOf(ip, /^192\.0\.2\.(\d+)$/, 10) / size) === Math.floor(host / size) ||
      Math.floor(numberOf(ip, /^2001:db8::([0-9a-f]+)$/, 16) / 16) === Math.floor((1 + host) / 16),
  }
}

const ipv6Of = (host: number): string => `2001:db8::${(1 + host).toString(16)}`
