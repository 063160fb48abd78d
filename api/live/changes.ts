import { createHash } from 'node:crypto'
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql'
import { type Places, placesOfReading } from './places-of-reading.ts'

/**
 * Returns what tells two answers to a question apart, whoever read them and when: a digest. Errors are told
 * apart by place and code, because their messages may have an id.
 */
export function digestOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): (result: ExecutionResult) => string {
  let places: Places | null = null
  return ({ data, errors }) => {
    // Not before there is an answer: execution refuses documents that are too deep or too broad to be walked.
    if (data != null) places ??= placesOfReading(schema, document, operationName)
    const failures = errors?.map(({ path, extensions }) => [path, extensions['code']])
    const text = JSON.stringify([places === null ? data : without(places, data), failures])
    return createHash('sha256').update(text).digest('base64')
  }
}

function without(places: Places, value: unknown): unknown {
  if (places.size === 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => without(places, one))
  const kept = Object.entries(value).filter(([key]) => places.get(key) !== 'here')
  return Object.fromEntries(
    kept.map(([key, inner]) => {
      const below = places.get(key)
      return [key, below instanceof Map ? without(below, inner) : inner]
    }),
  )
}
