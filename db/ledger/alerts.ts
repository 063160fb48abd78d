import type { Sql, Transaction } from '../connection/connect.ts'

export type Alert = {
  kind: string
  /** Null: it concerns no single partition. */
  partition: number | null
  /** Names what is wrong. One alert of a kind and subject is open at a time. */
  subject: string
  /** Kept as JSON. */
  detail: Record<string, unknown>
}

export type OpenAlert = Alert & { id: bigint }

/** Adds the alerts that are not open yet. Safe to repeat. */
export async function raiseAlerts(
  tx: Transaction,
  topic: string,
  runId: string,
  alerts: readonly Alert[],
): Promise<void> {
  await tx`/* raiseAlerts */
    insert into alert (kind, topic, partition, subject, detail, run_id)
    select kind, ${topic}, partition, subject, detail, ${runId}
    from jsonb_to_recordset(${JSON.stringify(alerts)}::text::jsonb)
      as alert (kind text, partition integer, subject text, detail jsonb)
    on conflict (topic, kind, subject) where cleared_at is null do nothing`
}

/** Clears alerts whose cause was checked again and is gone. */
export async function clearAlerts(tx: Transaction, ids: readonly bigint[]): Promise<void> {
  await tx`/* clearAlerts */
    update alert set cleared_at = clock_timestamp() where id = any(${ids.map(String)}::bigint[]) and cleared_at is null`
}

/** Reads the open alerts of these kinds, oldest first. */
export async function openAlerts(
  sql: Sql,
  topic: string,
  kinds: readonly string[],
  limit: number,
): Promise<OpenAlert[]> {
  return await sql<OpenAlert[]>`/* openAlerts */
    select id, kind, partition, subject, detail from alert
    where topic = ${topic} and cleared_at is null and kind = any(${[...kinds]}::text[])
    order by id limit ${limit}`
}

/** Reads the first alerts that a run raised. */
export async function alertsOfRun(sql: Sql, runId: string, limit: number): Promise<OpenAlert[]> {
  return await sql<OpenAlert[]>`/* alertsOfRun */
    select id, kind, partition, subject, detail from alert where run_id = ${runId} order by id limit ${limit}`
}

/** How many alerts a run raised, and how many of these kinds are open in all. */
export async function countAlerts(
  sql: Sql,
  topic: string,
  runId: string,
  kinds: readonly string[],
): Promise<{ raised: number; open: number }> {
  const [counts] = await sql<{ raised: number; open: number }[]>`/* countAlerts */
    select (select count(*)::integer from alert where run_id = ${runId}) as raised,
           (select count(*)::integer from alert
            where topic = ${topic} and cleared_at is null and kind = any(${[...kinds]}::text[])) as open`
  if (counts === undefined) throw new Error('countAlerts returned no row')
  return counts
}
