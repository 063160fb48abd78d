import type { AnswerPosition } from '../../../domain/pipeline/answer-position.ts'
import type { ReadSession } from '../../nodes/snapshot.ts'

type Sql = ReadSession['sql']

/**
 * What was counted at some time: all that was written up to a moment, as Postgres writes it to the microsecond,
 * or all that an answer included. The moment of an answer is that of the latest that it included; what was
 * written within POSITION_SLACK of it may be missing from it. Null: what is counted now.
 */
export type AnswerPoint = { moment: string; position: AnswerPosition | null } | null

/**
 * A transaction writes its time, and is seen when it ends: after a second at most, unless the clock of Postgres
 * jumps.
 */
const POSITION_SLACK = '5 minutes'

/** Before anything was written. */
const NEVER = '1970-01-01T00:00:00Z'

/** The moment at which the latest of what an answer included was written, as Postgres writes it. */
export async function readMomentOf(
  { sql }: ReadSession,
  { topic, partitions }: AnswerPosition,
): Promise<string> {
  const [row] = await sql<{ moment: string | null }[]>`
    /* readMomentOf */
    select greatest(max(latest.committed_at), max(changed.committed_at))::text as moment
    from (${heldPartitions(sql, partitions)}) as held
    left join lateral (
      select committed_at from batch
      where topic = ${topic} and batch.partition = held.partition and batch.incarnation = held.incarnation
        and from_offset < held.next_offset
      order by from_offset desc limit 1
    ) as latest on true
    left join lateral (
      select max(revised.committed_at) as committed_at
      from batch_revision revised join batch on batch.id = batch_id
      where topic = ${topic} and batch.partition = held.partition and change_number <= held.changes
    ) as changed on true`
  return row?.moment ?? NEVER
}

/** The same in microseconds since 1970. */
export async function readMicrosOf(session: ReadSession, position: AnswerPosition): Promise<bigint> {
  const moment = await readMomentOf(session, position)
  const [row] = await session.sql<{ micros: bigint }[]>`
    /* readMicrosOf */
    select (extract(epoch from ${moment}::text::timestamptz) * 1000000)::bigint as micros`
  return row?.micros ?? 0n
}

const heldPartitions = (sql: Sql, partitions: AnswerPosition['partitions']) => {
  const held = [...partitions.values()]
  return sql`
    select * from unnest(${[...partitions.keys()]}::integer[], ${held.map(({ incarnation }) => incarnation)}::integer[],
                         ${held.map(({ nextOffset }) => String(nextOffset))}::text[]::bigint[],
                         ${held.map(({ changes }) => String(changes))}::text[]::bigint[])
      as held (partition, incarnation, next_offset, changes)`
}

/**
 * The condition that a row `written` belongs to a point: of (topic, partition, incarnation, to_offset, revision,
 * change_number, committed_at).
 */
export function isCountedAt(sql: Sql, point: AnswerPoint) {
  if (point === null) return sql`true`
  const isBefore = sql`written.committed_at <= ${point.moment}::text::timestamptz`
  if (point.position === null) return isBefore
  const { topic, partitions } = point.position
  return sql`
    case when written.topic <> ${topic} then ${isBefore} else exists (
      select from (${heldPartitions(sql, partitions)}) as held
      where held.partition = written.partition
        and case when written.revision = 0
              then (written.incarnation, written.to_offset) <= (held.incarnation, held.next_offset)
              else written.change_number <= held.changes end
    ) end`
}

/** The condition of when what two points do not have in common was written. */
export function writtenAround(sql: Sql, earlier: AnswerPoint, later: AnswerPoint) {
  const points = [earlier, later].filter((point) => point !== null)
  const edges = (sign: -1 | 1) =>
    points.map(({ moment, position }, i) => {
      const slack = position === null ? '0' : POSITION_SLACK
      return sql`${i === 0 ? sql`` : sql`,`} ${moment}::text::timestamptz + ${sign}::integer * ${slack}::text::interval`
    })
  return sql`
    committed_at > least(${edges(-1)}) ${points.length < 2 ? sql`` : sql`and committed_at <= greatest(${edges(1)})`}`
}
