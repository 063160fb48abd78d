import { expect, it } from 'vitest'
import { schema } from '../schema/schema.ts'
import { serve } from '../server-fixture.ts'
import { whatFits } from './what-fits.ts'

const buckets = 'Bucket is one of DAY, HOUR, MINUTE, MONTH, QUARTER, WEEK, YEAR.'

it.each([
  ['bucket: FORTNIGHT', buckets],
  ['bucket: "DAY"', buckets],
  ['bucket: day', buckets],
  ['weekStart: null', 'Weekday is one of '],
  ['groupBy: [COUNTRY]', 'is one of '],
  ['compareTo: [{}]', 'Give one of '],
  ['compareTo: [{ daysBefore: 7, from: "2026-01-01" }]', 'Give one of '],
  ['compareTo: [7]', 'Give one of '],
  ['filter: { usRegion: "TX" }', 'TextFilter has in, notIn, startsWith, such as {in: ["TX"]}.'],
  ['filter: { usRegion: ["TX"] }', 'TextFilter has in, notIn, startsWith.'],
  ['filter: { country: "US" }', 'AttemptFilter has '],
])('a message about a value of the document ends with what fits: %s', async (args, added) => {
  const { errors } = await serve().ask(`{ measures(${args}) { from } }`)
  expect(errors?.[0]?.message).toContain(` ${added}`)
})

it.each([
  [{ bucket: 'FORTNIGHT' }, buckets],
  [{ bucket: 7 }, buckets],
  [{ compareTo: [{}] }, 'Give one of '],
  [{ compareTo: [7] }, 'Give one of '],
  [{ filter: { usRegion: 'TX' } }, 'TextFilter has in, notIn, startsWith, such as {"in": ["TX"]}.'],
  [{ filter: { country: 'US' } }, 'AttemptFilter has '],
])('a message about a variable ends with what fits: %j', async (variables, added) => {
  const query = `query ($bucket: Bucket, $compareTo: [Comparison!] = [], $filter: AttemptFilter) {
    measures(bucket: $bucket, compareTo: $compareTo, filter: $filter) { from } }`
  const response = await serve().post({ query, variables })
  const { errors } = (await response.json()) as { errors: { message: string }[] }
  expect(errors[0]?.message).toContain(` ${added}`)
})

it('a variable of another type is told how to be declared', async () => {
  const { errors } = await serve().ask('query ($a: Date) { measures(from: $a) { from } }')
  expect(errors?.[0]?.message).toMatch(
    / Declare \$a: Moment, which takes dates, and moments with their zone\.$/,
  )
})

it.each([
  'Value "x" does not exist in "Nothing" enum.',
  'Value "x" does not exist in "Query" enum.',
  'Value "x" does not exist in "toString" enum.',
  'Cannot query field "x" on type "Query".',
  'Int cannot represent non-integer value: "x"',
  '',
])('other messages stay as they are: %s', (message) => {
  expect(whatFits(message, schema)).toBe('')
})
