import type { Sql, Transaction } from '../connection/connect.ts'

/** What a session is made of when somebody signs in. */
export type NewSession = {
  /** SHA-256 of the id in the cookie, 32 bytes. */
  idHash: Buffer
  way: string
  issuer: string
  subject: string
  name: string
  groups: readonly string[]
  providerSession: string | null
  sealed: Buffer | null
}

export type SessionRow = Omit<NewSession, 'sealed'> & {
  signedInAt: Date
  /** When it ends if it is not used, and whatever happens. */
  idleEndsAt: Date
  endsAt: Date
  groupsReadAt: Date
  /** Whether the groups are to be read again. */
  isDue: boolean
  /** How old the groups are, in milliseconds of the clock of Postgres. */
  groupsAgeMs: number
}

/** After what time without use a session ends, and after what time in any case. */
export type SessionLimits = { idleMs: number; maxMs: number; readGroupsMs: number }

/** Writes of when a session was used are spared within this time. */
const USED_WITHIN_MS = 60_000

/** Every moment is one of the clock of Postgres, so that APIs whose clocks differ agree. */
export async function insertSession(
  sql: Sql | Transaction,
  session: NewSession,
  { readGroupsMs }: SessionLimits,
): Promise<void> {
  await sql`/* insertSession */
    insert into browser_session (id_hash, way, issuer, subject, name, groups, provider_session, sealed, read_again_at)
    values (${session.idHash}, ${session.way}, ${session.issuer}, ${session.subject}, ${session.name},
            ${[...session.groups]}::text[], ${session.providerSession}, ${session.sealed},
            clock_timestamp() + ${readGroupsMs} * interval '1 millisecond')`
}

/** The sessions of these ids that have not ended. */
export const findSessions = (
  sql: Sql,
  idHashes: readonly Buffer[],
  { idleMs, maxMs }: SessionLimits,
): Promise<SessionRow[]> =>
  sql<SessionRow[]>`/* findSessions */
    select * from (
      select id_hash as "idHash", way, issuer, subject, name, groups, provider_session as "providerSession",
             signed_in_at as "signedInAt", groups_read_at as "groupsReadAt",
             used_at + ${idleMs} * interval '1 millisecond' as "idleEndsAt",
             signed_in_at + ${maxMs} * interval '1 millisecond' as "endsAt",
             read_again_at <= clock_timestamp() as "isDue",
             (extract(epoch from clock_timestamp() - groups_read_at) * 1000)::double precision as "groupsAgeMs"
      from browser_session where id_hash in (select decode(hex, 'hex') from unnest(${hexOf(idHashes)}::text[]) as hex)
    ) as session
    where least("idleEndsAt", "endsAt") > clock_timestamp()`

const hexOf = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'))

/** Says that sessions are used now. One that has ended stays so. */
export async function touchSessions(
  sql: Sql,
  idHashes: readonly Buffer[],
  { idleMs }: SessionLimits,
): Promise<void> {
  await sql`/* touchSessions */
    update browser_session set used_at = clock_timestamp()
    where id_hash in (select decode(hex, 'hex') from unnest(${hexOf(idHashes)}::text[]) as hex)
      and used_at between clock_timestamp() - ${idleMs} * interval '1 millisecond'
                      and clock_timestamp() - ${USED_WITHIN_MS} * interval '1 millisecond'`
}

type Ended = { idHash: Buffer; issuer: string; subject: string; name: string }

export const deleteSession = (sql: Sql | Transaction, idHash: Buffer): Promise<Ended[]> =>
  sql<Ended[]>`/* deleteSession */
    delete from browser_session where id_hash = ${idHash}
    returning id_hash as "idHash", issuer, subject, name`

/**
 * Ends the sessions of which an issuer says so: by its own session, or all of a subject; of both, those that have both. A session
 * for which the issuer gave no name is ended by its subject.
 */
export const deleteSessionsOf = (
  sql: Sql | Transaction,
  {
    issuer,
    subject,
    providerSession,
  }: { issuer: string; subject: string | null; providerSession: string | null },
): Promise<Ended[]> =>
  sql<Ended[]>`/* deleteSessionsOf */
    delete from browser_session
    where issuer = ${issuer}
      and (subject = ${subject} or ${subject}::text is null)
      and (provider_session = ${providerSession} or ${providerSession}::text is null
           or (provider_session is null and subject = ${subject}))
      and (${subject}::text is not null or ${providerSession}::text is not null)
    returning id_hash as "idHash", issuer, subject, name`

/** @property limit that it came to: unused for too long, or too old */
export type SessionPastLimit = Ended & { way: string; limit: 'idle' | 'absolute'; endedAt: Date }

/** Removes some of the sessions that have ended by themselves, and returns them. */
export const deleteSessionsPastLimits = (
  sql: Sql | Transaction,
  { idleMs, maxMs }: SessionLimits,
  atMost: number,
): Promise<SessionPastLimit[]> =>
  sql<SessionPastLimit[]>`/* deleteSessionsPastLimits */
    with past as (
      select id_hash, used_at + ${idleMs} * interval '1 millisecond' as idle_ends_at,
             signed_in_at + ${maxMs} * interval '1 millisecond' as ends_at
      from browser_session
      where used_at < clock_timestamp() - ${idleMs} * interval '1 millisecond'
         or signed_in_at < clock_timestamp() - ${maxMs} * interval '1 millisecond'
      limit ${atMost}
      for update skip locked)
    delete from browser_session as session using past where session.id_hash = past.id_hash
    returning session.id_hash as "idHash", issuer, subject, name, way,
              case when idle_ends_at <= ends_at then 'idle' else 'absolute' end as limit,
              least(idle_ends_at, ends_at) as "endedAt"`
