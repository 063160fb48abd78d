import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { isoTime } from '../../../domain/time/iso-time.ts'
import { builder } from '../builder.ts'

builder.scalarType('BigInt', {
  description:
    'A count: a whole number that may exceed GraphQL’s Int (2^31 - 1), as a JSON number. Exact up to 2^53 - 1, which is ' +
    'checked.',
  serialize: (value) => {
    const number = Number(value)
    if (!Number.isSafeInteger(number))
      throw new GraphQLError(`the count ${value} does not fit a JSON number: ask for a shorter range`)
    return number
  },
  parseValue: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    throw new GraphQLError('a BigInt must be a whole number from -(2^53 - 1) to 2^53 - 1')
  },
})

builder.scalarType('Offset', {
  description:
    'A Kafka offset or batch id: a 64-bit whole number ≥ 0 as a string of decimal digits, because JSON numbers are exact ' +
    'only up to 2^53. As input a number is taken too.',
  serialize: (value) => String(value),
  parseValue: (value) => parseOffset(value),
  parseLiteral: (node) =>
    parseOffset(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : null),
})

const MAX_OFFSET = 2n ** 63n - 1n

function parseOffset(value: unknown): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text === 'string' && /^\d{1,19}$/.test(text) && BigInt(text) <= MAX_OFFSET) return BigInt(text)
  throw new GraphQLError('an Offset must be a whole number from 0 to 2^63 - 1, in decimal digits')
}

builder.scalarType('DateTime', {
  description:
    'A moment in ISO 8601 with its zone, such as 2026-01-31T09:30:00Z or 2026-01-31T10:30+01:00; years 0001 to 9999, at ' +
    'most milliseconds. Answers are in UTC.',
  serialize: (value) => isoTime(value.getTime()),
  parseValue: (value) => parseDateTime(value),
  parseLiteral: (node: ValueNode) => parseDateTime(node.kind === Kind.STRING ? node.value : null),
})

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/

/** Checks the day too, because Date.parse takes the 30th of February for the 2nd of March. */
function parseDateTime(value: unknown): Date {
  const parts = typeof value === 'string' ? DATE_TIME.exec(value) : null
  if (parts === null) {
    throw new GraphQLError('a DateTime must be ISO 8601 with its zone, such as 2026-01-31T09:30:00Z')
  }
  const [text, year, month, day] = parts
  const moment = new Date(text)
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  const isReal = !Number.isNaN(moment.getTime()) && Number(day) <= daysInMonth
  const utcYear = moment.getUTCFullYear()
  if (!isReal || utcYear < 1 || utcYear > 9999)
    throw new GraphQLError(
      `${text} is not a date and time of the calendar, within the years 1 to 9999: correct it`,
    )
  return moment
}

builder.scalarType('JSON', {
  description: 'Any JSON value, as it is stored.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('JSON is a type of answers only: no argument takes it')
  },
})
