import { expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

it.each([
  ['a day that there is not', 'measures(from: "2026-11-31") { from }', 'from'],
  ['a moment without a zone', 'measures(to: "2026-11-29T10:00") { from }', 'to'],
  ['a number for a moment', 'measures(from: 2026) { from }', 'from'],
  ['a negative offset', 'offsetFate(partition: 0, offset: "-1") { logs { fate } }', 'offset'],
  ['no date', 'retention(from: 7) { from }', 'from'],
  ['a value that its enum lacks', 'measures(bucket: FORTNIGHT) { from }', 'bucket'],
  ['one of a list', 'measures(groupBy: [LOCALE, COUNTRY]) { from }', 'groupBy[1]'],
  ['a number among texts', 'measures(filter: { locale: { in: ["a", 7] } }) { from }', 'filter.locale.in[1]'],
  ['a text for a filter', 'measures(filter: { usRegion: "TX" }) { from }', 'filter.usRegion'],
  ['an unknown field', 'measures(filter: { country: "US" }) { from }', 'filter.country'],
  [
    'a field in a list',
    'measures(compareTo: [{ daysBefore: 7 }, { days: 7 }]) { from }',
    'compareTo[1].days',
  ],
  ['an unknown argument', 'measures(state: "TX") { from }', 'state'],
  ['null', 'measures(timeZone: null) { from }', 'timeZone'],
  ['an argument of a directive', '__typename @skip(if: 1)', 'if'],
])('an error of validation names its argument, and where it is: %s', async (_, field, argument) => {
  const { errors } = await serve().ask(`{ ${field} }`)
  const [error] = errors ?? []
  expect(error).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', argument } })
  expect(error).toMatchObject({ locations: [{ line: 1, column: expect.any(Number) as number }] })
})

it('an error of validation names the variable that it is about', async () => {
  for (const [definition, argument] of [
    ['$from: Moment = "2026-11-31"', '$from'],
    ['$from: Date', '$from'],
  ]) {
    const { errors } = await serve().ask(`query (${definition}) { measures(from: $from) { from } }`)
    expect(errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED', argument } }])
  }
})

it('an error of validation that is about no argument names none', async () => {
  const { errors } = await serve().ask('{ nothing }')
  expect(errors?.[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' })
})

it('the same document is told the same again', async () => {
  const { ask } = serve()
  const question = '{ measures(from: "2026-11-31", bucket: FORTNIGHT, filter: { usRegion: "TX" }) { from } }'
  const first = await ask(question)
  expect(await ask(question)).toEqual(first)
  expect(first.errors?.map(({ message }) => message.split(/is one of|TextFilter has/).length)).toEqual([
    1, 2, 2,
  ])
})
