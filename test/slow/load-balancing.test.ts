import { writeFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../../stack/parts/certificates.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { blocksOf } from '../support/api/document-blocks.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { askSteadily } from '../support/api/steady-questions.ts'
import { useDeployment } from '../support/deployment/deployment.ts'
import type { RoleProcess } from '../support/deployment/role-process.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { withAdmin } from '../support/kafka/kafka-admin.ts'
import { type BalancerName, balancers, startBalancer } from '../support/parts/balancers.ts'
import { openFolder, ownFolder } from '../support/parts/own-folder.ts'
import { fetchTrusting } from '../support/tls/trusting-fetch.ts'

const QUESTION = '{ batches(first: 1) { edges { cursor } } }'
const LIVE = `subscription ${QUESTION}`
const COMMAND = 'mutation ($reason: String!) { resumeIngestion(reason: $reason) { __typename } }'
const SUBSCRIPTIONS_PER_CLIENT = 3
const [FOLLOW = ''] = blocksOf('docs/live.md', 'js')
const [SUBSCRIPTION = ''] = blocksOf('docs/live.md', 'graphql')

type Answer = { data: { measures: { points: { logins: number; failures: number }[] } } }
const attemptsIn = ({ data }: Answer): number =>
  data.measures.points.reduce((sum, { logins, failures }) => sum + logins + failures, 0)

const deployment = useDeployment()
const { folder, close } = openFolder()
afterAll(close)
const authority = createAuthority(folder, 'balancer-ca')
const project = fileURLToPath(new URL('../..', import.meta.url))

const whyNot = whyNoDebianPackages()
describe.skipIf(whyNot !== null)(`behind a balancer${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  beforeAll(() => {
    deployment().start('worker/main.ts')
  })

  describe.each(Object.keys(balancers) as BalancerName[])('%s', (name) => {
    let ports: [number, number] = [0, 0]
    const apis: RoleProcess[] = []
    let metricsPorts: [number, number] = [0, 0]
    let url = ''
    let ask: (method: 'GET' | 'POST', body?: object) => Promise<Response>

    const startApi = async (which: 0 | 1) => {
      const api = deployment().start('api/main.ts', {
        API_PORT: String(ports[which]),
        API_METRICS_PORT: String(metricsPorts[which]),
        API_DRAIN_SECONDS: '4',
        TRUSTED_PROXIES: HOST,
        API_QUESTIONS_PER_SECOND: '10000',
        API_CLIENT_MS_PER_SECOND: '1000',
        API_SUBSCRIPTIONS_PER_CLIENT: String(SUBSCRIPTIONS_PER_CLIENT),
      })
      apis[which] = api
      await portOf(api)
      return api
    }
    const answeredBy = async (port: number) => {
      const text = await (await fetch(`http://${HOST}:${port}/metrics`)).text()
      return text
        .split('\n')
        .filter((line) => line.startsWith('rollcall_fields_total'))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    }
    /** Until the balancer has found both APIs well, and asks them. */
    const bothAnswer = async () => {
      const before = await Promise.all(metricsPorts.map(answeredBy))
      await eventually(async () => {
        const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await ask('GET')).status))
        expect(statuses).toEqual(statuses.map(() => 200))
        for (const [i, count] of (await Promise.all(metricsPorts.map(answeredBy))).entries())
          expect(count).toBeGreaterThan(before[i] ?? 0)
      })
    }

    beforeAll(async () => {
      const ca = (await authority).file
      const leaf = await (await authority).issue(`${name}-leaf`, { name, dns: ['localhost'] })
      ports = [await freePort(0), await freePort(0)]
      metricsPorts = [await freePort(0), await freePort(0)]
      const { port, running } = await startBalancer(name, ports, leaf, folder)
      stops.push(() => running.stop('SIGKILL', 0))
      url = `https://localhost:${port}/graphql`
      const fetch = fetchTrusting(ca)
      ask = (method, body = { query: QUESTION }) =>
        method === 'GET'
          ? fetch(`${url}?query=${encodeURIComponent(QUESTION)}`)
          : fetch(url, {
              method,
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(body),
            })
    })
    beforeEach(async () => {
      for (const which of [0, 1] as const)
        if (apis[which] === undefined || gone.has(apis[which])) await startApi(which)
      await bothAnswer()
    })
    const gone = new WeakSet<RoleProcess>()
    const kill = async (which: 0 | 1) => {
      const api = apis[which] ?? expect.fail()
      gone.add(api)
      await api.kill()
    }
    const stops: (() => Promise<void>)[] = []
    afterAll(async () => {
      for (const stop of stops) await stop()
      await Promise.all(apis.map((api) => api.kill()))
    })

    /** Subscribes over HTTP/1.1 from an address of this machine. */
    const live = async (localAddress: string, headers: Record<string, string> = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
      const all = { 'content-type': 'application/json', accept: 'text/event-stream', ...headers }
      const ca = readFileSync((await authority).file)
      request(url, { method: 'POST', headers: all, localAddress, family: 4, ca }, resolve)
        .once('error', reject)
        .end(JSON.stringify({ query: LIVE }))
      const response = await promise
      onTestFinished(() => {
        response.destroy()
      })
      response.on('error', () => undefined).resume()
      return response.statusCode
    }
    /** The client of docs/live.md, which comes back when its stream ends. */
    const follow = async () => {
      const file = join(ownFolder(), 'follow.mjs')
      await writeFile(file, FOLLOW)
      const ca = { NODE_EXTRA_CA_CERTS: (await authority).file }
      const client = deployment().start(relative(project, file), ca, [SUBSCRIPTION, url])
      const totals = () => (client.log().filter((line) => 'data' in line) as Answer[]).map(attemptsIn)
      return { totals, ended: () => client.log().filter((line) => 'text' in line).length }
    }

    test('HTTP/2 over TLS is spoken, events come as they are made, and nobody makes up an address', async () => {
      const session = connect(new URL(url).origin, { ca: readFileSync((await authority).file) })
      onTestFinished(() => {
        session.close()
      })
      const stream = session.request({
        ':method': 'POST',
        ':path': '/graphql',
        'content-type': 'application/json',
        accept: 'text/event-stream',
      })
      stream.end(JSON.stringify({ query: LIVE }))
      const events = await new Promise<string>((resolve) => {
        let text = ''
        stream.setEncoding('utf8').on('data', (part: string) => {
          text += part
          if (text.includes('data:')) resolve(text)
        })
      })
      expect(events).toContain('event: next')
      stream.close()
      // Each API counts by itself.
      const most = 2 * SUBSCRIPTIONS_PER_CLIENT
      const made = []
      for (let i = 0; i < most + 4; i++)
        made.push(await live('127.0.0.2', { 'x-forwarded-for': `192.0.2.${i}` }))
      expect(made.filter((status) => status === 200).length).toBeLessThanOrEqual(most)
      expect(new Set(made)).toEqual(new Set([200, 429]))
      expect(await live('127.0.0.3')).toBe(200)
    })

    test('what the API takes is let through, and no more', async () => {
      const sized = async (bytes: number) => {
        const body = { query: QUESTION, variables: { x: '' } }
        body.variables.x = 'x'.repeat(bytes - JSON.stringify(body).length)
        return (await ask('POST', body)).status
      }
      expect([await sized(262_144), await sized(262_145)]).toEqual([200, 413])
      const { status } = await fetchTrusting((await authority).file)(
        `${url}?query=${encodeURIComponent(QUESTION)}&variables=${encodeURIComponent(JSON.stringify({ x: 'x'.repeat(15_000) }))}`,
      )
      expect(status).toBe(200)
    })

    test('of two APIs one is killed: no question fails that was not in flight, none by GET, and subscriptions go on', async () => {
      const feed = createFeed(deployment())
      const endFeed = feed.steadily(50)
      const client = await follow()
      const { asked, end } = askSteadily(async (method) => (await ask(method)).status)
      await eventually(() => {
        expect(client.totals().length).toBeGreaterThan(3)
        expect(asked.length).toBeGreaterThan(60)
      })
      await kill(0)
      const killedAtMs = performance.now()
      const count = asked.length
      const shown = client.totals().length
      await eventually(() => {
        expect(asked.length).toBeGreaterThan(count + 100)
        expect(client.totals().length).toBeGreaterThan(shown + 3)
      })
      await end()
      await endFeed()
      const failed = asked.filter(({ failure }) => failure !== null)
      expect(failed.filter(({ method, beganAtMs }) => method === 'GET' || beganAtMs > killedAtMs)).toEqual([])
      expect(failed.length).toBeLessThanOrEqual(3)
      const all = await sent()
      await eventually(() => {
        expect(client.totals().at(-1)).toBe(all)
      })
      expect(client.totals()).toEqual(client.totals().toSorted((a, b) => a - b))
    })

    test('a question by GET that an API took to its grave is asked again, a command is not', async () => {
      const reasons = Array.from({ length: 8 }, (_, i) => `${name} ${i}`)
      // It takes connections and answers nothing.
      apis[1]?.signal('SIGSTOP')
      const questions = reasons.map(() =>
        ask('GET').then(
          ({ status }) => status,
          (error: unknown) => String((error as Error).cause),
        ),
      )
      let answers = 0
      const commands = reasons.map(async (reason) => {
        const answered = await ask('POST', { query: COMMAND, variables: { reason } }).then(
          ({ status }) => status,
          () => null,
        )
        answers++
        return { reason, answered }
      })
      await eventually(() => {
        expect(answers).toBeGreaterThan(2)
      })
      await kill(1)
      expect(await Promise.all(questions)).toEqual(reasons.map(() => 200))
      const done = await Promise.all(commands)
      const well = done.filter(({ answered }) => answered === 200).map(({ reason }) => reason)
      expect(well.length).toBeGreaterThan(0)
      expect(well.length).toBeLessThan(reasons.length)
      await eventually(async () => {
        const rows = await deployment().sql<{ reason: string }[]>`
          select reason from control_event where reason like ${`${name} %`} order by reason`
        // Each once, and none that was told to have failed.
        expect(rows.map(({ reason }) => reason)).toEqual(well.toSorted())
      })
    })

    test('of two APIs one is drained: no question and no command fails, and subscriptions go on', async () => {
      const feed = createFeed(deployment())
      const endFeed = feed.steadily(50)
      const client = await follow()
      const { asked, end } = askSteadily(async (method) => (await ask(method)).status)
      const commands = askSteadily(async () => {
        const { status } = await ask('POST', { query: COMMAND, variables: { reason: `drain of ${name}` } })
        return status
      })
      await eventually(() => {
        expect(client.totals().length).toBeGreaterThan(3)
      })
      const drained = apis[0] ?? expect.fail()
      gone.add(drained)
      drained.signal('SIGTERM')
      expect(await drained.exited).toBe(0)
      const count = asked.length
      const shown = client.totals().length
      await eventually(() => {
        expect(asked.length).toBeGreaterThan(count + 50)
        expect(client.totals().length).toBeGreaterThan(shown + 1)
      })
      await Promise.all([end(), commands.end(), endFeed()])
      expect([...asked, ...commands.asked].filter(({ failure }) => failure !== null)).toEqual([])
      expect(client.totals()).toEqual(client.totals().toSorted((a, b) => a - b))
    })
  })
})

/** How many logins Kafka holds. */
async function sent(): Promise<number> {
  let count = 0
  await withAdmin(deployment(), async (admin, topic) => {
    const offsets = await admin.fetchTopicOffsets(topic)
    count = offsets.reduce((sum, { high }) => sum + Number(high), 0)
  })
  return count
}
