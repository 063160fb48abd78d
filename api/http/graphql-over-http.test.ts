import { auditServer } from 'graphql-http'
import { expect, test } from 'vitest'
import { serve } from '../server-fixture.ts'

test('requests, media types and status codes are those of GraphQL over HTTP', async () => {
  const { server } = serve()
  const results = await auditServer({
    url: 'http://api/graphql',
    fetchFn: (url: string, init: RequestInit) => server.fetch(url, init),
  })
  expect(results.length).toBeGreaterThan(60)
  expect(results.filter(({ status }) => status !== 'ok').map(({ status, name }) => [status, name])).toEqual(
    [],
  )
})
