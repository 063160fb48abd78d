import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { schema } from '../schema/schema.ts'
import { digestOf } from './changes.ts'

const digest = (query: string, data: Record<string, unknown>) =>
  digestOf(schema, parse(query), undefined)({ data })
const counts = (readAt: string, lag: number, points: number[] = [1, 2]) => ({
  measures: {
    groups: [{ points: points.map((logins) => ({ logins, at: 'x' })) }],
    f: { at: readAt, from: `node of ${readAt}`, lag },
  },
})
const document = `query Q {
  measures(bucket: HOUR) { ...Counts groups { points { logins at: start } } }
}
fragment Counts on Measures { f: freshness { ...Reading lag } }
fragment Reading on Freshness { at: readAt from: databaseNode }`

it('answers are equal whoever read them and when, under any name and in any fragment', () => {
  const first = digest(document, counts('10:00', 0))
  expect(digest(document, counts('10:01', 0))).toBe(first)
  expect(digest(document, counts('10:00', 1))).not.toBe(first)
  expect(digest(document, counts('10:00', 0, [1, 3]))).not.toBe(first)
})

it('a field of the same name elsewhere counts', () => {
  const other = counts('10:00', 0)
  other.measures.groups[0]?.points.push({ logins: 2, at: 'y' })
  expect(digest(document, other)).not.toBe(digest(document, counts('10:00', 0)))
  const moved = { measures: { groups: [{ points: [{ logins: 1, at: 'z' }] }], f: {} } }
  const stayed = { measures: { groups: [{ points: [{ logins: 1, at: 'x' }] }], f: {} } }
  expect(digest(document, moved)).not.toBe(digest(document, stayed))
})

it('errors are told apart by place and code, and not by the id in their message', () => {
  const failing = (message: string, code: string) =>
    digestOf(
      schema,
      parse(document),
      undefined,
    )({ errors: [{ message, path: ['measures'], extensions: { code } }] as never })
  expect(failing('errorId 1', 'UNEXPECTED')).toBe(failing('errorId 2', 'UNEXPECTED'))
  expect(failing('errorId 1', 'UNEXPECTED')).not.toBe(failing('errorId 1', 'TOO_STALE'))
})
