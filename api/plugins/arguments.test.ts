import { describe, expect, it } from 'vitest'
import { argumentProblem } from './arguments.ts'
import { serve } from '../server-fixture.ts'

describe('arguments', () => {
  it.each([
    [{ topic: 'x'.repeat(250) }, /^topic is not a name of a topic/],
    [{ topic: '' }, /^topic is not a name of a topic/],
    [{ topic: 'a/b' }, /^topic is not a name of a topic/],
    [{ topic: '..' }, /^topic is not a name of a topic/],
    [{ filter: { error: 'a\0b' } }, /^filter\.error must be text/],
    [{ filter: { locales: ['CA', '\ud800'] } }, /^filter\.locales\[1\] must be text/],
    [{ id: 'x'.repeat(1_001) }, /^id has 1001 characters, more than the cap of 1000/],
    [{ partitions: Array.from({ length: 10_001 }, () => 0) }, /^partitions lists 10001 values/],
  ])('that nothing could be done with are named: %j', (args, problem) => {
    expect(argumentProblem(args)?.message).toMatch(problem)
  })

  it('of any other kind pass, whatever they are called', () => {
    const args = {
      topic: `a.b_c-D9${'x'.repeat(241)}`,
      id: '👩‍👩‍👧\u202e<script>',
      filter: { locales: Array.from({ length: 10_000 }, () => 'CA'), error: 'line\nline' },
      ['__proto__']: 'x',
      from: new Date(0),
      offset: 1n,
      nothing: null,
    }
    expect(argumentProblem(args)).toBeNull()
  })

  it('of one field refuse that field alone', async () => {
    const { ask } = serve()
    const { data, errors } = await ask(
      '{ bad: ingestion(topic: "a b") { __typename } good: ingestion { __typename } }',
    )
    expect(data).toEqual({ bad: null, good: { __typename: 'Ingestion' } })
    expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'INVALID_ARGUMENT' } }])
  })
})
