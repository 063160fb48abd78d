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

/** Finds the attempts of the counted topic that are kept as rows and have an event_id of their producer. */
export const traceEvent = ({ read, topic }: ApiContext, eventId: string): Promise<EventFate> =>
  read(async (session) => {
    const rowsKeptFrom = await readRowsKeptFrom(session)
    const rows = await readLoginsOfEvent(session, topic, eventId, MOST + 1)
    return { attempts: rows.slice(0, MOST), hasMore: rows.length > MOST, rowsKeptFrom }
  })
