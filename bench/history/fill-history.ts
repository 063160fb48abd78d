import type { Sql } from '../../db/connection/connect.ts'
import { addKnownValues } from '../../db/rollups/known-values.ts'
import { makeActiveSpans } from '../../db/rollups/make-active-spans.ts'
import { listDay } from '../../db/rollups/list-days.ts'
import { indexLogins } from '../../db/rollups/index-logins.ts'
import { indexFinishedLoginDays } from '../../db/login-rows/login-indexes.ts'
import { createLoginDays } from '../../db/login-rows/login-partitions.ts'
import { rollUpMonth } from '../../db/rollups/roll-up-months.ts'
import { rollUpByCommitTime } from '../../db/rollups/roll-up-by-commit-time.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { rollUpSightings } from '../../db/rollups/roll-up-sightings.ts'
import { ALL_DIMENSIONS } from '../../domain/counts/counts.ts'
import { migrate } from '../../db/schema/migrate.ts'
import {
  attemptsOfDay,
  bitmapsOfDay,
  firstLoginsOfDay,
  listedRows,
  listsOfDay,
  removeListed,
} from './history-days.ts'
import { engagementOfPeriod, idTables } from './history-engagement.ts'
import {
  fewerDimensions,
  hoursOfDay,
  hourTable,
  minutesOfDay,
  minuteTable,
  quartersToRepeat,
  quarterTable,
  removeRepeatedQuarters,
  REPEATED_DAYS,
  repeatCounts,
} from './history-counts.ts'
import { states } from './history-indexes.ts'
import { lateCount, lateLogins } from './history-late.ts'
import {
  arrivalRows,
  arrivalsOfDay,
  deltaRows,
  insightRows,
  ledgerRows,
  rejectRows,
  rowsInto,
  pendingCommitRollups,
} from './history-logins.ts'
import { packHours, writeFirstDays } from './history-members.ts'
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
 * Fills an empty database with what workers leave behind after counting for `size.days`: counts, logins by hour
 * and spans of all those days; rows, batches and deltas of the last 30 days; logins that came late by up to all of them; users. Postgres makes everything itself, a day or a
 * table at a time.
 */
export async function fillHistory(sql: Sql, topic: string, size: HistorySize, say: Say): Promise<void> {
  await migrate(sql)
  await fillLogins(sql, topic, size, say)
  await fillCounts(sql, size, say)
  for (const statement of [...idTables(size), ...states(topic, size)]) await sql.unsafe(statement)
  say(`${size.users} users, devices and addresses`)
  await fillSums(sql, say)
  await fillEngagement(sql, size, say)
  if (size.days > rowDays(size)) await fillLate(sql, topic, size, say)
  while (await makeActiveSpans(sql)) say('spans of ten days')
  while (await listDay(sql));
  say('logins by day')
  await indexFinishedLoginDays(sql, HISTORY_END_MS)
  say('vacuuming')
  // Autovacuum is off while filling: the rows that a thousand calls have indexed leave twenty times their
  // size behind.
  await sql.unsafe('vacuum (full) hour_member, hour_login')
  await sql.unsafe('vacuum (freeze, analyze)')
}

/** Fills a database that has the tables and nothing in them with logins as rows, and the ledger and the deltas of their batches. */
export async function fillLogins(sql: Sql, topic: string, size: HistorySize, say: Say): Promise<void> {
  await createLoginDays(sql, HISTORY_END_MS, rowDays(size))
  const rows = [
    rowsInto('login'),
    ledgerRows(topic),
    rejectRows(topic),
    deltaRows,
    arrivalRows,
    insightRows(topic),
  ]
  for (const day of daysOfLogins(size)) {
    // A transaction keeps the session in which the temporary table exists.
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
  await sql.unsafe(quartersToRepeat)
  const to = dayBeforeEnd(rowDays(size))
  const minutesFrom = dayBeforeEnd(minuteDays(size))
  for (let times = 1; times * REPEATED_DAYS < size.days; times++) {
    await sql.unsafe(repeatCounts(quarterTable, times, dayBeforeEnd(size.days), minutesFrom))
    await sql.unsafe(repeatCounts(hourTable, times, dayBeforeEnd(size.days), to))
    if (times * REPEATED_DAYS < minuteDays(size))
      await sql.unsafe(repeatCounts(minuteTable, times, minutesFrom, to))
    say(`counts of ${times * REPEATED_DAYS} days before`)
  }
  await sql.unsafe(removeRepeatedQuarters)
  await sql.unsafe(
    addKnownValues(`(select * from hour_count where dimension_set = ${ALL_DIMENSIONS}) as counted`),
  )
}

async function fillSums(sql: Sql, say: Say): Promise<void> {
  await sql.unsafe(pendingCommitRollups)
  while (await rollUpByCommitTime(sql));
  say('what was written when')
  while (await rollUpMonth(sql));
  say('whole months')
  while (await indexLogins(sql));
  say('logins by hour')
}

/** Does for them all that workers do. */
async function fillLate(sql: Sql, topic: string, size: HistorySize, say: Say): Promise<void> {
  await sql.begin(async (tx) => {
    for (const statement of lateLogins(topic, size)) await tx.unsafe(statement)
  })
  await rollUpCounts(sql, topic)
  while ((await rollUpSightings(sql)) > 0);
  while (await rollUpByCommitTime(sql));
  while (await rollUpMonth(sql));
  while (await indexLogins(sql));
  say(`${lateCount(size)} late logins`)
}

/** Makes the lists by hour, the bitmaps and the first days of all days of the same attempts. */
async function fillEngagement(sql: Sql, size: HistorySize, say: Say): Promise<void> {
  await sql.unsafe(listedRows)
  for (let age = size.days; age > 0; age--) {
    await sql.unsafe(attemptsOfDay(size, age))
    await sql.unsafe(listsOfDay(size, age))
    if (age > rowDays(size)) await packHours(sql)
    await sql.unsafe(bitmapsOfDay(age))
    await sql.unsafe(firstLoginsOfDay(age))
    if (age % REPEATED_DAYS === 0) say(`who was active when: ${age} days to go`)
  }
  await writeFirstDays(sql, size)
  await sql.unsafe(engagementOfPeriod('week'))
  await sql.unsafe(engagementOfPeriod('month'))
  await sql.unsafe(removeListed)
  await sql.unsafe('analyze hour_login, hour_member')
}
