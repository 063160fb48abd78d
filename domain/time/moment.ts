import type { Calendar } from './calendar.ts'

/** A date, as the Unix milliseconds of its midnight in UTC. */
export type CalendarDate = { readonly dateMs: number }

/** A moment, or a date, which is a moment only in a time zone. */
export type Moment = Date | CalendarDate

/** The zone of dates where a question has no time zone. */
const utc: Pick<Calendar, 'momentOf'> = { momentOf: (wallMs) => wallMs }

/** Unix milliseconds of a moment; of a date its first moment in the time zone. */
export const momentMs = (moment: Moment, zone: Pick<Calendar, 'momentOf'> = utc): number =>
  moment instanceof Date ? moment.getTime() : zone.momentOf(moment.dateMs)
