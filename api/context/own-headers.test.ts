import { describe, expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

const refusal = async (name: string, query = '{ __typename }') => {
  const { ask } = serve()
  const { data, errors } = await ask(query, { [name]: '5000' })
  expect(data).toBeUndefined()
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_HEADER' } }])
  return errors?.[0]?.message
}

describe('a header that looks like Rollcall’s own and is none is refused', () => {
  it.each([
    ['x-rollcall-max-staleness', 'x-rollcall-max-staleness-ms'],
    ['X-Rollcall-Max-Stalenes-Ms', 'x-rollcall-max-staleness-ms'],
    ['x-rollcall-readafter', 'x-rollcall-read-after'],
    ['x-rollcall-read_after', 'x-rollcall-read-after'],
    ['x-rollcall-read-timeout', 'x-rollcall-read-timeout-ms'],
    ['x-rollcall-acter', 'x-rollcall-actor'],
  ])('with the one that is likely meant: %s', async (name, meant) => {
    expect(await refusal(name)).toContain(`did you mean ${meant}?`)
  })

  it.each(['foo', '', 'user', 'a'.repeat(1_000)])(
    'with those that there are, where it is like none: %#',
    async (rest) => {
      const message = await refusal(`x-rollcall-${rest}`)
      expect(message).toContain('x-rollcall-actor, x-rollcall-max-staleness-ms, x-rollcall-read-after')
      expect(message).not.toContain('did you mean')
      expect(message?.length).toBeLessThan(300)
    },
  )

  it('in commands and subscriptions, too', async () => {
    await refusal('x-rollcall-foo', 'mutation { pauseIngestion(reason: "x") { __typename } }')
    await refusal('x-rollcall-foo', 'subscription { batches { edges { cursor } } }')
  })
})

it('headers of others, and all of Rollcall’s own, are taken', async () => {
  const own = {
    'x-rollcall-actor': 'ann',
    'x-rollcall-max-staleness-ms': '5',
    'x-rollcall-read-timeout-ms': '5',
  }
  const others = { 'x-request-id': '1', 'x-roll': '1', rollcall: '1', 'last-event-id': '1' }
  expect((await serve().ask('{ __typename }', { ...own, ...others })).errors).toBeUndefined()
})
