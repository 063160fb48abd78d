import { readRowsKept, type RowsKept } from '../../db/read/rows/expired-logins.ts'
import {
  countLogins,
  countLoginsOfEvents,
  keyOfLogin,
  type LoginRow,
  type LoginRowFilter,
  readLogins,
} from '../../db/read/rows/logins.ts'
import type { TimeRange } from '../../db/read/keyset.ts'
import { bucketMs } from '../../domain/time/bucket.ts'
import { type Moment, momentMs } from '../../domain/time/moment.ts'
import type { ApiContext } from '../context/context.ts'
import { AnswerTooLargeError, DataGoneError, InvalidRangeError } from '../context/errors.ts'
import type { Freshness } from '../context/freshness.ts'
import { emptyRange, limits } from '../context/limits.ts'
import { namedAddresses } from './addresses.ts'
import { type Connection, type PageArgs, readConnection, YEAR_1_MS } from './connection.ts'
import { networkMembers } from './network-members.ts'
import { calendarOf } from './question-range.ts'

/** A page of attempts, the range that was searched, and which rows of it are kept. */
export type AttemptPage = Connection<LoginRow> & { event: LoginRowFilter['event']; rows: RowsKept }

type RangeArgs = { from?: Moment | null | undefined; to?: Moment | null | undefined; timeZone: string }
type Rows = Omit<LoginRowFilter, 'event' | 'dimensions'>

/**
 * The range that a list of attempts covers. Without `from` it is the last 24 hours, unless an index finds the
 * few rows of the filter at any age.
 * @throws {InvalidRangeError} if the range is empty, or there is no such time zone
 */
export function attemptRange({ from, to, timeZone }: RangeArgs, rows: Rows, minuteMs: number): TimeRange {
  const { batchId, fromOffset, users, devices, addresses, eventIds } = rows
  const isFew = [batchId, fromOffset, users, devices, addresses, eventIds].some((one) => one !== null)
  const zone = calendarOf(timeZone, 1)
  const end = to == null ? null : new Date(momentMs(to, zone))
  const lastDay = isFew ? null : new Date(Math.max((end?.getTime() ?? minuteMs) - bucketMs.day, YEAR_1_MS))
  const start = from == null ? lastDay : new Date(momentMs(from, zone))
  if (start !== null && end !== null && start >= end)
    throw new InvalidRangeError(emptyRange(start.getTime(), end.getTime()), 'from')
  return { from: start, to: end }
}

/**
 * The ids that a filter lists; null: it lists none.
 * @throws {AnswerTooLargeError} if there are more than the cap
 */
export function memberList(ids: readonly string[] | null | undefined, argument: string): string[] | null {
  if (ids == null) return null
  if (ids.length <= limits.members) return [...ids]
  throw new AnswerTooLargeError(
    `${argument} names ${ids.length}, more than the cap of ${limits.members}: ask for some of them at a time`,
    { argument, cap: limits.members, asked: ids.length },
  )
}

/**
 * The addresses that a filter lists, in the form in which logins are stored: those of networks, too, from which attempts came.
 * @throws {InvalidArgumentError} if a text is no address or network
 * @throws {AnswerTooLargeError} if attempts came from more addresses of the networks than the cap
 */
export async function addressList(
  context: Pick<ApiContext, 'read'>,
  texts: readonly string[] | null,
  argument: string,
): Promise<string[] | null> {
  if (texts === null) return null
  const { single, networks } = namedAddresses(texts, argument)
  const most = limits.listedNetworkAddresses
  const { numbers } = await networkMembers(context, networks, { argument, most })
  return [...new Set([...single.keys(), ...numbers.keys()])]
}

/**
 * A page of the attempts that are kept as rows.
 * @throws {DataGoneError} if the range has attempts, but none of their rows are kept
 * @throws {AnswerTooLargeError} if more attempts than the cap have the event_ids of the filter
 */
export async function listAttempts(
  context: ApiContext,
  filter: LoginRowFilter,
  args: PageArgs,
): Promise<AttemptPage> {
  await checkEvents(context, filter)
  const page = await readConnection(context, args, {
    list: 'attempts',
    keyOf: keyOfLogin,
    read: (session, wanted) => readLogins(session, filter, wanted),
    count: (session, limit) => countLogins(session, filter, limit),
  })
  const rows = await context.read((session) => readRowsKept(session, filter))
  if (rows.expired === 'all') throw gone(rows)
  return { ...withLowerBound(page, rows), event: filter.event, rows }
}

async function checkEvents({ read }: ApiContext, { eventIds, event }: LoginRowFilter): Promise<void> {
  if (eventIds === null) return
  const cap = limits.attemptsOfEvents
  if ((await read((session) => countLoginsOfEvents(session, eventIds, event, cap + 1))) <= cap) return
  throw new AnswerTooLargeError(
    `more than the cap of ${cap} attempts of the range have these event_ids, which are meant for one event each: ask for a shorter range, ` +
      'by from and to, or for fewer ids',
    { argument: 'filter.eventIds', cap },
  )
}

function gone({ keptFrom }: RowsKept): DataGoneError {
  return new DataGoneError(
    `the attempts asked for are counted, but their rows are gone: ${keptRows(keptFrom)} (LOGIN_RETENTION_DAYS). Ask for later ones, or for ` +
      'the events of their batches (lineage, Batch.events), which are read from Kafka as long as it has them',
    { argument: 'from', keptFrom },
  )
}

/** A page of a list whose count is a lower bound if rows of the list are gone. */
export const withLowerBound = <Row>(page: Connection<Row>, { expired }: RowsKept): Connection<Row> =>
  expired === 'none'
    ? page
    : { ...page, totalCount: async () => ({ ...(await page.totalCount()), precision: 'at_least' }) }

/** Says from when on rows are kept; null: none are. */
const keptRows = (keptFrom: Date | null): string =>
  keptFrom === null ? 'no rows are kept' : `rows are kept from ${keptFrom.toISOString()} on`

/** The freshness of an answer from rows, which lacks the attempts whose rows are gone. */
export const withExpired = (freshness: Freshness, { keptFrom, expired }: RowsKept): Freshness =>
  expired === 'none'
    ? freshness
    : {
        ...freshness,
        isComplete: false,
        incompleteReasons: [
          ...freshness.incompleteReasons,
          {
            cause: 'rows_expired',
            partition: null,
            offsets: null,
            message: `${keptRows(keptFrom)} (LOGIN_RETENTION_DAYS); earlier attempts are counted, but not listed`,
          },
        ],
      }
