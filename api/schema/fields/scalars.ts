import { GraphQLError, Kind, type ValueNode } from 'graphql'
import { AnswerTooLargeError } from '../../context/errors.ts'
import { builder } from '../builder.ts'

builder.scalarType('BigInt', {
  description:
    'A count: a whole number that may exceed GraphQL’s Int (2^31 - 1), as a JSON number. Exact up to 2^53 - 1, which is ' +
    'checked.',
  serialize: (value) => {
    const number = Number(value)
    if (!Number.isSafeInteger(number))
      throw new AnswerTooLargeError(
        `the count ${value} does not fit a JSON number: ask for a shorter range`,
        {
          cap: Number.MAX_SAFE_INTEGER,
        },
      )
    return number
  },
  parseValue: (value) => {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    throw new GraphQLError('a BigInt must be a whole number from -(2^53 - 1) to 2^53 - 1')
  },
})

builder.scalarType('Offset', {
  description:
    'A Kafka offset or the number of a batch: a 64-bit whole number ≥ 0 as a string of decimal digits, because JSON numbers are exact ' +
    'only up to 2^53. As input a number is taken too.',
  serialize: (value) => String(value),
  parseValue: (value) => parseOffset(value),
  parseLiteral: (node) =>
    parseOffset(node.kind === Kind.INT || node.kind === Kind.STRING ? node.value : null, node),
})

const MAX_OFFSET = 2n ** 63n - 1n

function parseOffset(value: unknown, nodes: ValueNode | null = null): bigint {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text === 'string' && /^\d{1,19}$/.test(text) && BigInt(text) <= MAX_OFFSET) return BigInt(text)
  throw new GraphQLError('an Offset must be a whole number from 0 to 2^63 - 1, in decimal digits', { nodes })
}

builder.scalarType('JSON', {
  description: 'Any JSON value, as it is stored.',
  serialize: (value) => value,
  parseValue: () => {
    throw new GraphQLError('JSON is a type of answers only: no argument takes it')
  },
})
