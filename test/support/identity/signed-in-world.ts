import { afterAll, beforeAll, expect } from 'vitest'
import { wayOf } from '../../../config/sign-in-contradictions.ts'
import { freePort, HOST } from '../../../stack/processes/ports.ts'
import { portOf } from '../api/graphql-client.ts'
import { subscribe } from '../api/live-client.ts'
import { type Deployment, useDeployment } from '../deployment/deployment.ts'
import type { RoleProcess } from '../deployment/role-process.ts'
import { eventually } from '../eventually.ts'
import { createBrowser, type JarBrowser, locationOf } from './browser-jar.ts'
import { settingsFor, type SignInProvider, startSignInProvider } from './sign-in-provider.ts'

export const PEOPLE = { ann: ['staff', 'oncall', 'other'], bob: ['staff'], eve: ['other'] }
export const CSRF = { 'x-rollcall-csrf': '1' }
export const WHO = '{ identity { name roles session { method signedInAt idleUntil } } }'

const LIVE = 'subscription { batches { edges { cursor } } }'
/** What holds the id of a session on plain HTTP. */
export const SESSION = 'rollcall-session'

export type Answered = {
  status: number
  body: {
    data?: Record<string, Record<string, unknown> | null> | null
    errors?: { message: string; extensions: { code: string } }[]
  }
}

export type SignedInWorld = {
  apiUrl: string
  /** The API at which people sign in, and one beside it. */
  ports: { own: number; other: number }
  apis: RoleProcess[]
  providers: [SignInProvider, SignInProvider]
  settings: Record<string, string>
  deployment: Deployment
}

/** For the tests of a file: two APIs on one database, and two providers at which people sign in. */
export function useSignedInWorld() {
  const deployment = useDeployment()
  let world: SignedInWorld | undefined
  const stops: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const own = await freePort(0)
    const apiUrl = `http://${HOST}:${own}`
    const start = () => startSignInProvider(apiUrl, PEOPLE, (stop) => stops.push(stop))
    const providers: SignedInWorld['providers'] = [await start(), await start()]
    const settings = settingsFor(
      providers.map(({ issuer }) => issuer),
      apiUrl,
    )
    const apis = [
      deployment().start('api/main.ts', settings),
      deployment().start('api/main.ts', { ...settings, API_PORT: '0' }),
    ]
    const [, other = 0] = await Promise.all(apis.map(portOf))
    world = { apiUrl, ports: { own, other }, apis, providers, settings, deployment: deployment() }
  })
  afterAll(async () => {
    for (const stop of stops) await stop()
  })
  const get = () => world ?? expect.fail('there is no world outside a test')

  /** Begins a sign-in and goes through the provider: where the browser is to be sent next. */
  const answerFor = async (browser: JarBrowser, person: string, provider = get().providers[0], to = '') => {
    const begun = await browser.get(`${get().apiUrl}/sign-in/with/${wayOf(provider.issuer)}${to}`)
    return await provider.visit(browser, locationOf(begun), person)
  }
  const signIn = async (person: string, browser = createBrowser()) => {
    const entered = await browser.get(await answerFor(browser, person))
    expect([entered.status, locationOf(entered)]).toEqual([303, `${get().apiUrl}/graphql`])
    return browser
  }
  const ask = async (
    browser: JarBrowser,
    query: string,
    headers: Record<string, string> = CSRF,
    port = get().ports.own,
  ): Promise<Answered> => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: browser.cookie(), ...headers },
      body: JSON.stringify({ query }),
    })
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }
  const statusOf = async (browser: JarBrowser, port = get().ports.own) =>
    (await ask(browser, WHO, CSRF, port)).status
  /** A subscription with the session of a browser, once it has its first event. */
  const live = async (browser: JarBrowser, port: number) => {
    const subscription = await subscribe(port, LIVE, { ...CSRF, cookie: browser.cookie() })
    await eventually(() => {
      expect(subscription.events).toHaveLength(1)
    })
    return subscription
  }
  return { get, answerFor, signIn, ask, statusOf, live }
}

/** The text that a page alerts to. */
export async function alertOf(response: Response): Promise<string> {
  return /role="alert">([^<]*)</.exec(await response.text())?.[1] ?? ''
}
