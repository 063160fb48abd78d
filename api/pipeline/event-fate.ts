import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql'
import { type PartitionProgress, readProgress } from '../../db/read/ledger/progress.ts'
import { readRowsKeptFrom } from '../../db/read/rows/login-days.ts'
import { type PlacedLogin, readLoginsOfEvent } from '../../db/read/rows/logins.ts'
import type { ApiContext } from '../context/context.ts'

/** Attempts that are listed of one event_id: a producer that sends an event again does so a few times. */
const MOST = 50

export type EventFate = {
  /** By event time. */
  attempts: PlacedLogin[]
  hasMore: boolean
  /** Null: no rows are kept. */
  rowsKeptFrom: Date | null
}

/**
 * Finds the attempts of the counted topic that are kept as rows and have an event_id of their producer. Warns, if
 * there are none, of records that may have it and are not looked through: no index leads to what could not be read.
 */
export async function traceEvent(
  { read, topic, warnings }: ApiContext,
  eventId: string,
  info: Pick<GraphQLResolveInfo, 'path'>,
): Promise<EventFate> {
  const { unsearched, ...fate } = await read(async (session) => {
    const rowsKeptFrom = await readRowsKeptFrom(session)
    const rows = await readLoginsOfEvent(session, topic, eventId, MOST + 1)
    const unsearched = rows.length > 0 ? [] : await readProgress(session, topic)
    return { attempts: rows.slice(0, MOST), hasMore: rows.length > MOST, rowsKeptFrom, unsearched }
  })
  const message = unsearchedMessage(unsearched)
  if (message !== null)
    warnings.push({
      code: 'NOT_SEARCHED',
      path: responsePathAsArray(info.path),
      argument: 'eventId',
      message,
    })
  return fate
}

/** Null: there is nothing that was not looked through. */
function unsearchedMessage(progress: readonly PartitionProgress[]): string | null {
  const sum = (of: (one: PartitionProgress) => bigint) => progress.reduce((all, one) => all + of(one), 0n)
  const [rejects, parked] = [sum((one) => one.rejects), sum((one) => one.parked_offsets)]
  const places = [
    ...(rejects === 0n
      ? []
      : [`the ${rejects} records that were rejected (rejectedRecords has their bytes)`]),
    ...(parked === 0n
      ? []
      : [`the ${parked} offsets of parked batches (batches(filter: {statuses: [PARKED]}) has their events)`]),
  ]
  return places.length === 0
    ? null
    : `no attempt that is kept as a row has the event_id, and it was not looked for in ${places.join(' and ')}; ` +
        'offsetFate finds those as well, by partition and offset'
}
