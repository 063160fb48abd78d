import { MemberSet } from '../../domain/engagement/member-set.ts'
import { listedNumbers, packedNumbers } from '../../domain/engagement/read-numbers.ts'
import type { AttemptHalf } from '../../domain/sightings/attempts.ts'
import { sightingKinds } from '../../domain/sightings/sighting.ts'
import type { SightingKind } from '../../domain/sightings/sighting.ts'
import type { Sql, Transaction } from '../connection/connect.ts'
import { dimensionColumns } from './dimension-columns.ts'
import { IS_FAILURE, IS_NO_FAILURE } from './dimension-sets.ts'
import { removeFirsts, type MovedFirsts } from './first-seen.ts'
import { idTables } from './id-tables.ts'
import { addressText } from '../login-rows/address-text.ts'
import { LISTS_LOCK } from '../login-rows/kept-lists.ts'
import { keptFrom } from '../login-rows/retention-bound.ts'
import { ofRevisions, ROWS_TO_LIST } from '../login-rows/rows-to-list.ts'
import { changeSpanDays } from './span-days.ts'
import { tryAdvisoryLock } from '../connection/advisory-lock.ts'

/**
 * One call takes this many logins at most, but at least one batch: about a second, mostly for looking up
 * numbers.
 */
const MAX_LOGINS = 20_000
/** How many waiting batches one call considers. */
const MAX_BATCHES = 10_000
/** The half of the attempts that a row of table `login` is in (domain/sightings/attempts.ts). */
const HALF = `case when ${IS_FAILURE} then 'failures' else 'logins' end`

type Batch = { batch_id: bigint; revision: number }
/** Who has attempts of a half in an hour, as numbers of 4 bytes each. */
type Hour = {
  hour: Date
  attempts: AttemptHalf
  users: Buffer
  devices: Buffer
  addresses: Buffer
}

/**
 * Adds the logins of some batches to hour_login and hour_member, and those of listed days to day_login, the latest batches first. Logins from before
 * the lists are kept are left out. Any worker may call it at any time: a batch leaves unindexed_batch, and its rows leave late_login, in the transaction that
 * indexes it, and rows that a revision adds later come with a row of unindexed_batch of their own. One call at
 * a time in a database; it makes no other transaction wait.
 * @returns whether a batch was indexed
 */
export async function indexLogins(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    if (!(await tryAdvisoryLock(tx, LISTS_LOCK))) return false
    const batches = await takeBatches(tx)
    if (batches.length === 0) return false
    const { left, hours, moved } = await addLogins(tx, batches)
    for (const hour of hours) await addHourMembers(tx, hour)
    await removeFirsts(tx, moved)
    await changeSpanDays(
      tx,
      daysOf([...hours.map(({ hour }) => hour), ...moved.map(({ quarter }) => quarter)]),
    )
    return left < batches.length
  })
}

/**
 * Takes batches from before the first sightings that still wait to be rolled up: from there on, logins may be
 * of somebody who has no number yet.
 */
async function takeBatches(tx: Transaction): Promise<Batch[]> {
  return await tx<Batch[]>`/* takeBatches */
    delete from unindexed_batch unindexed
    using (
      select batch_id, waiting.revision, sum(logins) over (order by batch_id desc, waiting.revision) - logins as before
      from (
        select * from unindexed_batch
        where batch_id < coalesce((select min(batch_id) from sighting_delta), 9223372036854775807)
        order by batch_id desc, revision limit ${MAX_BATCHES}
      ) as waiting
      join batch on id = batch_id
    ) as chosen
    where before < ${MAX_LOGINS} and unindexed.batch_id = chosen.batch_id and unindexed.revision = chosen.revision
    returning unindexed.batch_id, unindexed.revision`
}

/**
 * Adds the logins of these batches to hour_login. A batch with somebody who has no number is put back whole.
 * @returns how many batches were put back, the members of the hours of the others, and whose first logins they
 * moved from where
 */
async function addLogins(
  tx: Transaction,
  batches: Batch[],
): Promise<{ left: number; hours: Hour[]; moved: MovedFirsts[] }> {
  const ids = batches.map(({ batch_id }) => batch_id).sort((a, b) => (a < b ? -1 : 1))
  const key = tx.unsafe(`hour, ${dimensionColumns}`)
  const numbers = tx.unsafe(
    sightingKinds
      .map((kind) => idTables[kind].numbers)
      .map((name) => `string_agg(int4send(${name}), ''::bytea) as ${name}`)
      .join(', '),
  )
  const bound = tx.unsafe(keptFrom('first_seen'))
  const rows = await tx<(Hour | { hour: null; moved_from: Date | null; users: Buffer })[]>`/* addLogins */
    with taken as (
      select batch_id::bigint, revision::integer
      from unnest(${batches.map(({ batch_id }) => String(batch_id))}::text[],
                  ${batches.map(({ revision }) => String(revision))}::text[]) as given (batch_id, revision)
    ), events as (
      select min(first_event_at) as first, max(last_event_at) as last from batch where id in (select batch_id from taken)
    ), entry as materialized (
      select batch_id, date_trunc('hour', event_at, 'UTC') as hour,
             extract(minute from event_at at time zone 'UTC')::integer as minute,
             ${tx.unsafe(dimensionColumns)}, users, devices, addresses, "user", first_login_day, first_login_at
      from (
        select *, user_id as "user", device_id as device, ${addressText(tx)} as address
        from ${tx.unsafe(ROWS_TO_LIST)} as login
        where batch_id between ${String(ids[0])}::text::bigint and ${String(ids.at(-1))}::text::bigint
          and ${ofRevisions(tx, 'taken')}
          and event_at between (select first from events) and (select last from events)
          and event_at >= ${tx.unsafe(keptFrom('hour_login'))}
      ) as seen
      ${sightingKinds.map((kind) => numberOf(tx, kind))}
    ), unknown as materialized (
      select distinct batch_id from entry where num_nulls(users, devices, addresses) > 0
    ), known as materialized (
      select * from entry where batch_id not in (select batch_id from unknown)
    ), put_back as (
      insert into unindexed_batch select * from taken where batch_id in (select batch_id from unknown)
    ), listed as (
      delete from late_login where ${ofRevisions(tx, 'taken')} and batch_id not in (select batch_id from unknown)
    ), indexed as (
      insert into hour_login as held (${key}, minutes, users, devices, addresses)
      select ${key}, string_agg(set_byte('\\x00', 0, minute), ''::bytea), ${numbers} from known group by ${key}
      on conflict (${key}) do update
        set minutes = held.minutes || excluded.minutes, users = held.users || excluded.users,
            devices = held.devices || excluded.devices, addresses = held.addresses || excluded.addresses
    ), listed_late as (
      insert into day_login (day, ${tx.unsafe(dimensionColumns)}, hours, minutes, users, devices, addresses)
      select day, ${tx.unsafe(dimensionColumns)}, string_agg(set_byte('\\x00', 0, extract(hour from hour at time zone 'UTC')::integer), ''::bytea),
             string_agg(set_byte('\\x00', 0, minute), ''::bytea), ${numbers}
      from known join listed_day on day = (hour at time zone 'UTC')::date
      group by day, ${tx.unsafe(dimensionColumns)}
      returning day
    ), late as (
      update listed_day as held set late_lists = late_lists + added.lists
      from (select day, count(*) as lists from listed_late group by day) as added
      where held.day = added.day
    ), earliest as (
      select "user", first_login_day, first_login_at, min(hour + make_interval(mins => minute - minute % 15)) as listed_at
      from known where ${tx.unsafe(IS_NO_FAILURE)}
      group by "user", first_login_day, first_login_at
    ), first as (
      select "user", quarter
      -- Of another day than the first one: the first login is older than the lists, or waits to be listed.
      from earliest, lateral (
        select min(at) from unnest(array[first_login_at, listed_at]) as at
        where (at at time zone 'UTC')::date = first_login_day and first_login_day >= ${bound}
      ) as first (quarter)
      where quarter is distinct from first_login_at
    ), first_login as (
      update app_user as held set first_login_at = first.quarter
      from first
      -- The list leads Postgres to the rows by their key: it does not know how few they are.
      where held.user_id = any(array(select "user" from first)) and held.user_id = first."user"
      returning number, new.first_login_at as quarter, old.first_login_at as moved_from
    ), seen_first as (
      insert into first_seen as held (quarter, users)
      select quarter, string_agg(int4send(number), ''::bytea) from first_login where quarter is not null group by quarter
      on conflict (quarter) do update set users = held.users || excluded.users
    )
    select hour, ${tx.unsafe(HALF)} as attempts, ${numbers}, null as moved_from
    from known group by 1, 2
    union all
    select null, null, string_agg(int4send(number), ''::bytea), null, null, moved_from
    from first_login where moved_from is not null group by moved_from
    union all
    select null, null, null, null, null, null from taken where batch_id in (select batch_id from unknown)`
  const hours = rows.filter((row) => row.hour !== null)
  const others = rows.filter((row) => row.hour === null)
  const moved = others.flatMap(({ moved_from, users }) =>
    moved_from === null ? [] : [{ quarter: moved_from, users }],
  )
  return { left: others.length - moved.length, hours, moved }
}

const daysOf = (moments: readonly Date[]): string[] => [
  ...new Set(moments.map((moment) => moment.toISOString().slice(0, 'yyyy-mm-dd'.length))),
]

/** Looks up the number (and when a user was first seen) for each login by itself: reading the whole table of numbers takes longer. */
function numberOf(tx: Transaction, kind: SightingKind) {
  const { table, id, numbers } = idTables[kind]
  const firsts = tx.unsafe(kind === 'user' ? ', first_login_day, first_login_at' : '')
  return tx`
    left join lateral (
      select number as ${tx(numbers)} ${firsts} from ${tx(table)} as held where held.${tx(id)} = seen.${tx(kind)} offset 0
    ) as ${tx(`of_${kind}`)} on true`
}

async function addHourMembers(tx: Transaction, { hour, attempts, ...seen }: Hour): Promise<void> {
  const at = hour.toISOString()
  const held = await tx<{ kind: SightingKind; members: Buffer }[]>`/* addHourMembers: held */
    select kind, members from hour_member
    where hour = ${at}::text::timestamptz and attempts = ${attempts}::text::engagement_attempts`
  const members = sightingKinds.map((kind) => {
    const set = new MemberSet()
    set.addAll(packedNumbers(held.find((row) => row.kind === kind)?.members ?? new Uint8Array()))
    set.addAll(listedNumbers(seen[idTables[kind].numbers]))
    return Buffer.from(set.pack()).toString('hex')
  })
  await tx`/* addHourMembers */
    insert into hour_member (hour, kind, attempts, members)
    select ${at}::text::timestamptz, kind::engagement_kind, ${attempts}::text::engagement_attempts, decode(hex, 'hex')
    from unnest(${[...sightingKinds]}::text[], ${members}::text[]) as given (kind, hex)
    on conflict (hour, kind, attempts) do update set members = excluded.members`
}
