import { expect, it } from 'vitest'
import { localMode } from '../identity/local-mode.ts'
import { serve } from '../server-fixture.ts'

it('what nobody expected before a question is read is an id for strangers, and a cause for the log', async () => {
  const fault = new TypeError('a secret of /srv/rollcall/config.ts')
  const identity = { ...localMode, identify: () => Promise.reject(fault) }
  const { post, server, logged } = serve({ identity })
  const answers = [
    await post({ query: '{ __typename }' }),
    await server.fetch('http://api/graphql?query={a}&secret', { headers: { accept: 'text/event-stream' } }),
  ]
  for (const answer of answers) {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      500,
      expect.stringContaining('application/json'),
    ])
    const text = await answer.text()
    expect(text).not.toMatch(/secret|srv|TypeError/)
    const { errorId } =
      (JSON.parse(text) as { errors: { extensions: { errorId: string } }[] }).errors[0]?.extensions ?? {}
    expect(logged).toHaveBeenCalledWith({ errorId, err: fault, path: '/graphql' }, expect.any(String))
  }
})
