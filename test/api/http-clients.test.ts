import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { ownFolder } from '../support/parts/own-folder.ts'

const document = `query Minutes {
  measures(bucket: MINUTE) {
    points {
      start
      attempts
    }
  }
}`
const hash = createHash('sha256').update(document).digest('hex')
const page = 'https://dashboard.example'

test('a page of another origin asks by hash, and reads the same answer in every coding', async () => {
  const file = join(ownFolder(), 'documents.json')
  await writeFile(file, JSON.stringify({ [hash]: document }))
  const deployment = await createDeployment()
  const api = deployment.start('api/main.ts', {
    API_DOCUMENTS: file,
    API_DOCUMENTS_ONLY: 'true',
    API_ALLOWED_ORIGINS: page,
  })
  const port = await portOf(api)
  const ask = (body: object, headers: Record<string, string> = {}) =>
    fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: page, ...headers },
      body: JSON.stringify(body),
    })
  const byHash = { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }
  const plain = await (await ask(byHash, { 'accept-encoding': 'identity' })).text()
  expect(plain.match(/"attempts":0/g)).toHaveLength(60)
  for (const coding of ['br', 'gzip', 'br', 'gzip']) {
    const response = await ask(byHash, { 'accept-encoding': coding })
    expect(response.headers.get('content-encoding')).toBe(coding)
    expect(response.headers.get('access-control-allow-origin')).toBe(page)
    expect(Number(response.headers.get('content-length'))).toBeLessThan(plain.length / 5)
    // A minute later a point has gone and one has come.
    expect((await response.text()).length).toBe(plain.length)
  }
  expect(await (await ask({ query: document })).text()).toContain('PERSISTED_DOCUMENT_REQUIRED')
})

test('an EventSource, which knows no other method than GET, is sent answers, and goes on when it comes back', async () => {
  const deployment = await createDeployment()
  const port = await portOf(deployment.start('api/main.ts', { API_ALLOWED_ORIGINS: page }))
  const search = new URLSearchParams({ query: 'subscription { batches { totalCount { value } } }' })
  const firstEvent = async (headers: Record<string, string>) => {
    const response = await fetch(`http://${HOST}:${port}/graphql?${search}`, {
      headers: { accept: 'text/event-stream', origin: page, 'sec-fetch-site': 'cross-site', ...headers },
    })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(response.headers.get('access-control-allow-origin')).toBe(page)
    let text = ''
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part
      if (text.includes('data:')) break
    }
    expect(text).toContain('event: next\ndata: {"data":{"batches":{"totalCount":{"value":0}}}')
    return /^id: (.+)$/m.exec(text)?.[1] ?? ''
  }
  const id = await firstEvent({})
  expect(id).not.toBe('')
  await firstEvent({ 'last-event-id': id })
})

test('an API whose file of documents is unusable does not start, and names it', async () => {
  const deployment = await createDeployment()
  const api = deployment.start('api/main.ts', { API_DOCUMENTS: '/no/such/documents.json' })
  expect(await api.exited).toBe(1)
  expect(api.log().at(-1)?.['message']).toMatch(
    /^API_DOCUMENTS names \/no\/such\/documents.json, which cannot be used: ENOENT/,
  )
})
