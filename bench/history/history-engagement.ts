import { ofUser } from './history-logins.ts'
import { dayBeforeEnd, type HistorySize } from './history-size.ts'

// Statements that make users, devices and addresses, and the bitmaps of longer periods.

/** The part of all users who are known from the first day on. */
const KNOWN_AT_FIRST = 0.25

/** How many users are known `age` days before the end of the history: those with the lowest numbers. */
export const knownMembers = ({ users, days }: HistorySize, age: number): number =>
  Math.ceil(users * (KNOWN_AT_FIRST + ((1 - KNOWN_AT_FIRST) * (days - age)) / days))

/** A day before the history, which stands for a first day that is not known yet. */
export const noFirstDay = ({ days }: HistorySize): string => dayBeforeEnd(days + 1)

const member = ofUser('number')

export const idTables = (size: HistorySize): string[] => [
  ...(['user', 'device', 'address'] as const).map((kind) => {
    const { table, id, value } = {
      user: { table: 'app_user', id: 'user_id', value: member.user_id },
      device: { table: 'device', id: 'device_id', value: member.device_id },
      address: { table: 'address', id: 'ip', value: `host(${member.ip})` },
    }[kind]
    return `
      insert into ${table} (${id}, number, first_login_day)
      select ${value}, number, date '${noFirstDay(size)}' from generate_series(0, ${size.users - 1}) as number
      on conflict do nothing`
  }),
  `update engagement_kind_size set members = ${size.users}`,
]

export const engagementOfPeriod = (period: 'week' | 'month'): string => `
  insert into engagement_chunk (kind, period, facet, attempts, value, start, chunk, members)
  select kind, '${period}', facet, attempts, value, date_trunc('${period}', start)::date as first, chunk, bit_or(members)
  from engagement where period = 'day'
  group by kind, facet, attempts, value, first, chunk`
