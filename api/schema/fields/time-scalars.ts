import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { isoTime } from '../../../domain/time/iso-time.ts'
import type { CalendarDate, Moment } from '../../../domain/time/moment.ts'
import { builder } from '../builder.ts'

builder.scalarType('DateTime', {
  description:
    'A moment in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z or 2026-01-31T10:30+01:00; years 0001 to 9999, at ' +
    'most milliseconds. Answers are in UTC.',
  serialize: (value) => isoTime(value.getTime()),
  parseValue: (value) => parseDateTime(value),
  parseLiteral: (node) => parseDateTime(textOf(node), node),
})

builder.scalarType('Date', {
  description: 'A date of the calendar, such as 2026-11-01; years 0001 to 9999. Answers are dates of UTC.',
  serialize: (value) => isoTime(value.getTime()).slice(0, DATE_LENGTH),
  parseValue: (value) => parseDate(value),
  parseLiteral: (node) => parseDate(textOf(node), node),
})

builder.scalarType('Moment', {
  description:
    'Takes a DateTime or a Date; a variable for it is declared as Moment: `query ($from: Moment!)`. A date is its first moment in `timeZone`, where the question has one, and otherwise in UTC: `from: ' +
    '"2026-11-01", to: "2026-12-01", timeZone: "Europe/Berlin"` is November there. Only arguments are of this type.',
  parseValue: (value) => parseMoment(value),
  parseLiteral: (node) => parseMoment(textOf(node), node),
})

const textOf = (node: ValueNode): string | null => (node.kind === Kind.STRING ? node.value : null)

const DATE_LENGTH = 'yyyy-mm-dd'.length
const DATE = /^\d{4}-\d\d-\d\d$/
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

function parseMoment(value: unknown, nodes: ValueNode | null = null): Moment {
  if (typeof value !== 'string' || !(DATE.test(value) || DATE_TIME.test(value)))
    throw new GraphQLError(
      'a Moment must be a date such as 2026-01-31, or ISO 8601 with its zone such as 2026-01-31T09:30:00Z',
      { nodes },
    )
  return value.length === DATE_LENGTH ? parseDate(value, nodes) : parseDateTime(value, nodes)
}

function parseDateTime(value: unknown, nodes: ValueNode | null = null): Date {
  if (typeof value !== 'string' || !DATE_TIME.test(value))
    throw new GraphQLError('a DateTime must be ISO 8601 with its zone, such as 2026-01-31T09:30:00Z', {
      nodes,
    })
  return momentOf(value, nodes)
}

function parseDate(value: unknown, nodes: ValueNode | null = null): CalendarDate {
  if (typeof value !== 'string' || !DATE.test(value))
    throw new GraphQLError('a Date must be a date of the calendar, such as 2026-01-31', { nodes })
  return { dateMs: momentOf(value, nodes).getTime() }
}

/** Checks the day too, because Date.parse takes the 30th of February for the 2nd of March. */
function momentOf(text: string, nodes: ValueNode | null): Date {
  const moment = new Date(text)
  const [year, month, day] = text.slice(0, DATE_LENGTH).split('-').map(Number)
  const daysInMonth = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate()
  const isReal = !Number.isNaN(moment.getTime()) && (day ?? 0) <= daysInMonth
  const utcYear = moment.getUTCFullYear()
  if (!isReal || utcYear < 1 || utcYear > 9999)
    throw new GraphQLError(`${text} is not of the calendar, within the years 1 to 9999: correct it`, {
      nodes,
    })
  return moment
}
