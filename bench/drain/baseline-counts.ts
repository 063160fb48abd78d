import type { Sql, Transaction } from '../../db/connection/connect.ts'
import type { EnrichedLogin } from './baseline-decode.ts'

/** The partition is part of the key, so that concurrent partitions do not wait for each other's rows. */
export const baselineTables = `
  create table checkpoint (partition integer primary key, next_offset bigint not null);
  create table login_count (
    minute timestamptz, device_type text, app_version text, locale text, partition integer, logins bigint not null,
    primary key (minute, device_type, app_version, locale, partition)
  ) with (fillfactor = 80)`

/** Counts the logins from the checkpoint on, and moves it, in one transaction. */
export async function commitCounts(
  sql: Sql,
  partition: number,
  logins: EnrichedLogin[],
  next: bigint,
): Promise<void> {
  await sql.begin(async (tx) => {
    const [held] = await tx<{ next_offset: bigint }[]>`
      select next_offset from checkpoint where partition = ${partition} for update`
    const from = held?.next_offset ?? 0n
    await Promise.all([
      addCounts(
        tx,
        partition,
        logins.filter(({ offset }) => offset >= from),
      ),
      tx`insert into checkpoint (partition, next_offset) values (${partition}, ${next})
         on conflict (partition) do update set next_offset = greatest(checkpoint.next_offset, excluded.next_offset)`,
    ])
  })
}

async function addCounts(tx: Transaction, partition: number, logins: EnrichedLogin[]): Promise<void> {
  const counts = new Map<string, { login: EnrichedLogin; logins: number }>()
  for (const login of logins) {
    const key = `${login.minuteMs}\0${login.deviceType}\0${login.appVersion}\0${login.locale}`
    const count = counts.get(key)
    if (count === undefined) counts.set(key, { login, logins: 1 })
    else count.logins++
  }
  if (counts.size === 0) return
  const rows = [...counts.values()]
  await tx`
    insert into login_count as held (minute, device_type, app_version, locale, partition, logins)
    select minute, device_type, app_version, locale, ${partition}::integer, added.logins
    from unnest(${rows.map(({ login }) => new Date(login.minuteMs).toISOString())}::timestamptz[],
                ${rows.map(({ login }) => login.deviceType)}::text[], ${rows.map(({ login }) => login.appVersion)}::text[],
                ${rows.map(({ login }) => login.locale)}::text[], ${rows.map(({ logins }) => String(logins))}::bigint[])
      as added (minute, device_type, app_version, locale, logins)
    on conflict (minute, device_type, app_version, locale, partition) do update set logins = held.logins + excluded.logins`
}
