import { createServer } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { createAuthority } from '../../stack/parts/certificates.ts'
import { freePort } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { settingsFor, startSignInProvider } from '../support/identity/sign-in-provider.ts'
import { PEOPLE } from '../support/identity/signed-in-world.ts'
import { NAMED_HOST, openPage } from '../support/parts/browser.ts'
import { ownFolder } from '../support/parts/own-folder.ts'
import { listen } from '../support/tls/listening.ts'

const SESSION = '__Host-rollcall-session'

/** An API of HTTPS at which people sign in, and what a server of plain HTTP on the same host is sent. */
async function open() {
  const folder = ownFolder()
  const ca = await createAuthority(folder, 'browsers')
  const leaf = await ca.issue('api', { name: 'api', dns: [NAMED_HOST] })
  const apiUrl = `https://${NAMED_HOST}:${await freePort(0)}`
  const provider = await startSignInProvider(apiUrl, PEOPLE, onTestFinished)
  const deployment = await createDeployment({
    ...settingsFor([provider.issuer], apiUrl),
    API_TLS_CERT_FILE: leaf.cert,
    API_TLS_KEY_FILE: leaf.key,
    API_GRAPHIQL: 'true',
    API_INTROSPECTION: 'true',
  })
  await portOf(deployment.start('api/main.ts'))
  const heard: string[] = []
  const plain = createServer(({ headers }, response) => {
    heard.push(headers.cookie ?? '')
    response.end('plain')
  })
  const plainUrl = `http://${NAMED_HOST}:${await listen(plain)}`
  onTestFinished(() => void plain.close())
  return { apiUrl, provider, plainUrl, heard }
}

it('a person signs in from GraphiQL, asks there, and signs out, with a cookie that plain HTTP never sees', async () => {
  const { apiUrl, provider, plainUrl, heard } = await open()
  const page = await openPage({ ignoreHTTPSErrors: true })
  const refused: string[] = []
  page.on('console', (message) => {
    const isOfPage = message.location().url.startsWith(`${apiUrl}/sign-in`)
    if (isOfPage && message.text().includes('Content Security Policy')) refused.push(message.text())
  })
  await page.goto(`${apiUrl}/graphql?query=${encodeURIComponent('{ identity { name roles } }')}`)
  await page.getByRole('heading', { name: 'Sign in to Rollcall' }).waitFor()
  await page.getByRole('link', { name: /^Sign in with/ }).click()
  await page.getByPlaceholder('Enter any login').fill('ann')
  await page.getByPlaceholder('and password').fill('any')
  await page.getByRole('button', { name: 'Sign-in' }).click()
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: /execute query/i }).click()
  await page.getByText('"ann@example.com"').waitFor()

  const session = (await page.context().cookies()).find(({ name }) => name === SESSION)
  expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })
  expect(await page.evaluate('document.cookie')).toBe('')
  await page.goto(plainUrl)
  expect(heard.join()).not.toContain('rollcall')

  await page.goto(`${apiUrl}/sign-in`)
  await page.getByText('viewer, operator').waitFor()
  // The policy of the page lets its form lead to the provider.
  await page.getByRole('button', { name: 'Sign out at the provider, too' }).click()
  await page.waitForURL(`${provider.issuer}/session/end?**`)
  expect((await page.context().cookies()).some(({ name }) => name === SESSION)).toBe(false)
  expect(refused).toEqual([])
})
