import type { Sql } from '../connection/connect.ts'

/** How long an API that died while it read groups keeps others from it. */
const LEASE_MS = 20_000

/**
 * Takes on reading the groups of a session, if they are due and nobody else does: a provider that gets a refresh token
 * twice takes it for stolen.
 * @returns what reads them, encrypted; undefined: somebody else reads or has read them, or the session has ended
 */
export async function takeGroupReading(
  sql: Sql,
  idHash: Buffer,
): Promise<{ sealed: Buffer | null } | undefined> {
  const [row] = await sql<{ sealed: Buffer | null }[]>`/* takeGroupReading */
    update browser_session set reading_until = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
    where id_hash = ${idHash} and read_again_at <= clock_timestamp()
      and (reading_until is null or reading_until < clock_timestamp())
    returning sealed`
  return row
}

type Reading = { name: string; groups: readonly string[]; sealed: Buffer | null; againAfterMs: number }

export async function storeGroups(
  sql: Sql,
  idHash: Buffer,
  { name, groups, sealed, againAfterMs }: Reading,
): Promise<void> {
  await sql`/* storeGroups */
    update browser_session
    set name = ${name}, groups = ${[...groups]}::text[], sealed = ${sealed}, groups_read_at = clock_timestamp(),
        read_again_at = clock_timestamp() + ${againAfterMs} * interval '1 millisecond', reading_until = null
    where id_hash = ${idHash}`
}

/** The issuer could not be asked: it is asked again after this time. */
export async function putGroupReadingOff(sql: Sql, idHash: Buffer, againAfterMs: number): Promise<void> {
  await sql`/* putGroupReadingOff */
    update browser_session
    set read_again_at = clock_timestamp() + ${againAfterMs} * interval '1 millisecond', reading_until = null
    where id_hash = ${idHash}`
}
