import type { Sql } from '../../db/connection/connect.ts'
import { countActiveUsers } from '../../db/rollups/active-user-counts.ts'
import { listLogins } from '../../db/rollups/index-logins.ts'
import { indexFinishedLoginDays } from '../../db/rollups/login-indexes.ts'
import { createLoginDays } from '../../db/rollups/login-partitions.ts'
import { makeMonth } from '../../db/rollups/roll-up-months.ts'
import { rollWritten } from '../../db/rollups/roll-up-by-commit-time.ts'
import { migrate } from '../../db/schema/migrate.ts'
import {
  activeUserCounts,
  activityByValue,
  activityOfDay,
  activityOfOthers,
  activityOfPeriod,
  dictionaries,
  masks,
} from './history-engagement.ts'
import {
  fewerDimensions,
  hoursOfDay,
  hourTable,
  minutesOfDay,
  minuteTable,
  REPEATED_DAYS,
  repeatCounts,
} from './history-counts.ts'
import { states } from './history-indexes.ts'
import {
  arrivalRows,
  arrivalsOfDay,
  deltaRows,
  insightRows,
  ledgerRows,
  loginRows,
  rejectRows,
  unrolledBatches,
} from './history-logins.ts'
import {
  dayBeforeEnd,
  daysOfLogins,
  HISTORY_END_MS,
  minuteDays,
  rowDays,
  type HistorySize,
} from './history-size.ts'

type Say = (line: string) => void

/**
 * Fills an empty database with what workers leave behind who have counted for `size.days`: counts of all those days;
 * rows, batches and deltas of the last 30; users. Everything is made inside Postgres, a day or a table at a time.
 */
export async function fillHistory(sql: Sql, topic: string, size: HistorySize, say: Say): Promise<void> {
  await migrate(sql)
  await createLoginDays(sql, HISTORY_END_MS, rowDays(size))
  await fillLogins(sql, topic, size, say)
  await fillCounts(sql, size, say)
  await fillActivity(sql, size, say)
  for (const statement of states(topic, size)) await sql.unsafe(statement)
  await fillSums(sql, say)
  await indexFinishedLoginDays(sql, HISTORY_END_MS)
  say('vacuuming')
  // Nothing is vacuumed meanwhile: rows that were listed by a thousand calls have left twenty times their room.
  await sql.unsafe('vacuum (full) six_hour_chunk, hour_member, hour_login')
  await sql.unsafe('vacuum (freeze, analyze)')
}

async function fillLogins(sql: Sql, topic: string, size: HistorySize, say: Say): Promise<void> {
  const rows = [loginRows, ledgerRows(topic), rejectRows(topic), deltaRows, arrivalRows, insightRows(topic)]
  for (const day of daysOfLogins(size)) {
    // The temporary table needs one session.
    await sql.begin(async (tx) => {
      await tx.unsafe(arrivalsOfDay(day, size.users, dayBeforeEnd(rowDays(size))))
      for (const statement of rows) await tx.unsafe(statement)
    })
    say(`logins of ${day.day}: ${day.logins}`)
  }
}

async function fillCounts(sql: Sql, size: HistorySize, say: Say): Promise<void> {
  for (const { day } of daysOfLogins(size)) {
    for (const statement of [
      minutesOfDay(day),
      hoursOfDay(day),
      fewerDimensions(minuteTable, day),
      fewerDimensions(hourTable, day),
    ])
      await sql.unsafe(statement)
    say(`counts of ${day}`)
  }
  const to = dayBeforeEnd(rowDays(size))
  for (let times = 1; times * REPEATED_DAYS < size.days; times++) {
    await sql.unsafe(repeatCounts(hourTable, times, dayBeforeEnd(size.days), to))
    if (times * REPEATED_DAYS < minuteDays(size))
      await sql.unsafe(repeatCounts(minuteTable, times, dayBeforeEnd(minuteDays(size)), to))
    say(`counts of ${times * REPEATED_DAYS} days before`)
  }
}

async function fillSums(sql: Sql, say: Say): Promise<void> {
  await sql.unsafe(unrolledBatches)
  while (await rollWritten(sql));
  say('what was written when')
  while (await makeMonth(sql));
  say('whole months')
  while (await listLogins(sql));
  say('logins by hour')
}

async function fillActivity(sql: Sql, size: HistorySize, say: Say): Promise<void> {
  for (const statement of dictionaries(size)) await sql.unsafe(statement)
  say(`${size.users} users, devices and addresses`)
  const ages = Array.from({ length: size.days }, (_, i) => size.days - i)
  for (const age of ages) await sql.unsafe(activityOfDay(size, age))
  await sql.unsafe(activityOfPeriod('week'))
  await sql.unsafe(activityOfPeriod('month'))
  await sql.unsafe(activityOfOthers)
  say('who was active when')
  await sql.begin(async (tx) => {
    await tx.unsafe(masks(size))
    // A week or a month may have begun before the first day.
    for (let age = size.days + 31; age > 0; age--) {
      await tx.unsafe(activityByValue(dayBeforeEnd(age)))
      if (age % REPEATED_DAYS === 0) say(`who was active by dimension: ${age} days to go`)
    }
  })
  await sql.unsafe(activeUserCounts)
  while (await countActiveUsers(sql));
  say('how many were active when')
}
