import { expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

const { post } = serve()

type Answer = { data: Record<string, unknown>; errors?: { path: string[]; extensions: { code: string } }[] }

const ask = async (query: string, variables: object) =>
  (await (await post({ query, variables })).json()) as Answer

const codesOf = ({ errors = [] }: Answer) =>
  Object.fromEntries(errors.map(({ path, extensions }) => [path.join('.'), extensions.code]))

it('a variable that is null where an argument must not be refuses its field, and leaves the others answered', async () => {
  const answer = await ask(
    `query ($zone: String, $size: Bucket = HOUR) {
      bad: attempts(timeZone: $zone) { __typename }
      worse: retention(bucket: $size) { __typename }
      good: ingestion { __typename }
    }`,
    { zone: null, size: null },
  )
  expect(answer.data).toEqual({ bad: null, worse: null, good: { __typename: 'Ingestion' } })
  expect(codesOf(answer)).toEqual({ bad: 'BAD_VARIABLES', worse: 'BAD_VARIABLES' })
})

it('a request that is too complex is refused beside it, too', async () => {
  const page = 'attempts(first: 500) { nodes { id eventAt outcome ip userId deviceId locale appVersion } }'
  const answer = await ask(
    `query ($zone: String) {
      ${Array.from({ length: 9 }, (_, i) => `good${i}: ${page}`).join('\n')}
      bad: attempts(timeZone: $zone) { __typename }
    }`,
    { zone: null },
  )
  expect(codesOf(answer)).toMatchObject({ good0: 'TOO_COMPLEX', good8: 'TOO_COMPLEX', bad: 'BAD_VARIABLES' })
})
