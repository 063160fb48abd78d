import { get as httpGet } from 'node:http'
import { expect, it } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { openPage } from '../support/parts/browser.ts'

async function openApi(more: Record<string, string> = {}) {
  const deployment = await createDeployment()
  return await portOf(deployment.start('api/main.ts', more))
}

it('GraphiQL works under its own policy: the browser refuses nothing of it, and it shows an answer and the schema', async () => {
  const port = await openApi()
  const page = await openPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(`http://${HOST}:${port}/graphql`)
  await page.locator('.graphiql-query-editor .monaco-editor, .graphiql-query-editor').first().waitFor()
  await page.getByRole('button', { name: /execute query/i }).click()
  await eventually(async () => {
    expect(await page.locator('.graphiql-response').innerText()).toContain('"data"')
  })
  await page
    .getByRole('button', { name: /documentation explorer/i })
    .first()
    .click()
  await eventually(async () => {
    expect(await page.locator('.graphiql-doc-explorer').innerText()).toContain('Mutation')
  })
  expect(complaints.filter((text) => /content security policy|refused|blocked|violat/i.test(text))).toEqual(
    [],
  )
})

it('an address that the sender made up is no other client, nor is a name', async () => {
  const port = await openApi({ API_QUESTIONS_PER_SECOND: '1' })
  const statuses = []
  for (let time = 0; time < 12; time++) {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `192.0.2.${time}`,
        forwarded: `for=192.0.2.${time}`,
        'x-real-ip': `192.0.2.${time}`,
        'x-rollcall-actor': `somebody ${time}`,
      },
      body: '{"query":"{ __typename }"}',
    })
    statuses.push(response.status)
  }
  expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200])
  expect(statuses).toContain(429)
})

it('a page that reaches the API by a name of its own learns nothing of its parts', async () => {
  const port = await openApi({ TEMPORAL_ADDRESS: '127.0.0.1:1' })
  const bodyFor = (host: string) =>
    new Promise<string>((resolve, reject) => {
      const request = httpGet({ host: HOST, port, path: '/ready', headers: { host } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          resolve(Buffer.concat(chunks).toString())
        })
      })
      request.on('error', reject)
    })
  expect(await bodyFor('evil.example')).toMatch(/"temporal":\{"ok":false\}/)
  expect(await bodyFor(`${HOST}:${port}`)).toMatch(/"temporal":\{"ok":false,"message":/)
})
