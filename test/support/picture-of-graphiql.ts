import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { createDeployment } from './deployment/deployment.ts'
import { countedLogins } from './deployment/until-state.ts'
import { eventually } from './eventually.ts'
import { graphqlOf } from './api/graphql-client.ts'
import { openPage } from './parts/browser.ts'

// `npm run pictures`: takes the README's picture anew, of GraphiQL with an answer.

/** Enough for every device type to have some. */
const LOGINS = 2_000

const QUERY = `{
  measures(groupBy: [DEVICE_TYPE]) {
    freshness {
        databaseRole
        lag
        isComplete
      }
      groups {
        values
        logins
        users
      }
  }
}
`

const folder = fileURLToPath(new URL('../../docs/pictures', import.meta.url))

test('the picture of README.md', async () => {
  mkdirSync(folder, { recursive: true })
  const deployment = await createDeployment({ GENERATE_RATE: '200', API_PORT: '0' })
  deployment.start('worker/main.ts')
  const generator = deployment.start('generator/main.ts')
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBeGreaterThan(LOGINS)
  }, 60_000)
  generator.signal('SIGTERM')
  await generator.exited
  const api = deployment.start('api/main.ts')
  const port = await eventually(() => {
    const line = api.log().find((entry) => typeof entry['server.port'] === 'number')
    if (line === undefined) throw new Error('the API has not said where it listens')
    return Number(line['server.port'])
  }, 30_000)
  const ask = await graphqlOf(api)
  await eventually(async () => {
    expect(await ask('{ ingestion { lag } }')).toEqual({ ingestion: { lag: 0 } })
  }, 60_000)
  const page = await openPage()
  await page.goto(`http://${HOST}:${port}/graphql?query=${encodeURIComponent(QUERY)}`)
  await page.getByRole('button', { name: /execute query/i }).click()
  await page.getByText('"isComplete"').waitFor()
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, 'graphiql.png'), animations: 'disabled' })
})
