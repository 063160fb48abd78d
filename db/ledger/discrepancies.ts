import type { Sql, Transaction } from '../connection/connect.ts'

/** What the schedule found to differ. The table is `alert`, by its name of before schema 1.0. */
export type Discrepancy = {
  kind: string
  /** Null: it concerns no single partition. */
  partition: number | null
  /** Names what is wrong. One discrepancy of a kind and subject is open at a time. */
  subject: string
  /** Kept as JSON. */
  detail: Record<string, unknown>
}

export type OpenDiscrepancy = Discrepancy & { id: bigint }

/** Adds the discrepancies that are not open yet. Safe to repeat. */
export async function raiseDiscrepancies(
  tx: Transaction,
  topic: string,
  runId: string,
  discrepancies: readonly Discrepancy[],
): Promise<void> {
  await tx`/* raiseDiscrepancies */
    insert into alert (kind, topic, partition, subject, detail, run_id)
    select kind, ${topic}, partition, subject, detail, ${runId}
    from jsonb_to_recordset(${JSON.stringify(discrepancies)}::text::jsonb)
      as alert (kind text, partition integer, subject text, detail jsonb)
    on conflict (topic, kind, subject) where cleared_at is null do nothing`
}

/** Clears discrepancies whose cause was checked again and is gone. */
export async function clearDiscrepancies(tx: Transaction, ids: readonly bigint[]): Promise<void> {
  await tx`/* clearDiscrepancies */
    update alert set cleared_at = clock_timestamp() where id = any(${ids.map(String)}::bigint[]) and cleared_at is null`
}

/** Reads the open discrepancies of these kinds, oldest first. */
export async function openDiscrepancies(
  sql: Sql | Transaction,
  topic: string,
  kinds: readonly string[],
  limit: number,
): Promise<OpenDiscrepancy[]> {
  return await sql<OpenDiscrepancy[]>`/* openDiscrepancies */
    select id, kind, partition, subject, detail from alert
    where topic = ${topic} and cleared_at is null and kind = any(${[...kinds]}::text[])
    order by id limit ${limit}`
}

/** Reads the first discrepancies that a run raised. */
export async function discrepanciesOfRun(sql: Sql, runId: string, limit: number): Promise<OpenDiscrepancy[]> {
  return await sql<OpenDiscrepancy[]>`/* discrepanciesOfRun */
    select id, kind, partition, subject, detail from alert where run_id = ${runId} order by id limit ${limit}`
}

/** How many discrepancies a run raised, and how many of these kinds are open in all. */
export async function countDiscrepancies(
  sql: Sql,
  topic: string,
  runId: string,
  kinds: readonly string[],
): Promise<{ raised: number; open: number }> {
  const [counts] = await sql<{ raised: number; open: number }[]>`/* countDiscrepancies */
    select (select count(*)::integer from alert where run_id = ${runId}) as raised,
           (select count(*)::integer from alert
            where topic = ${topic} and cleared_at is null and kind = any(${[...kinds]}::text[])) as open`
  if (counts === undefined) throw new Error('countDiscrepancies returned no row')
  return counts
}
