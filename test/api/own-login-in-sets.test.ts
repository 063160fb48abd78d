import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { openPlacedProducer } from '../support/kafka/placed-producer.ts'

type Counts = { logins: number; users: number; devices: number; addresses: number; newUsers: number }
type Answer = {
  data: {
    days: { total: Counts }
    hours: { total: Counts }
    people: { groupCount: number; groups: { node: { userId: string } | null }[] }
    retention: { cohorts: { users: number }[] }
    user: { activeDays: number }
  }
  errors?: unknown
}

const COUNTS = 'total { logins users devices addresses newUsers }'
/** Of bitmaps of days, of lists of hours, of single users, of cohorts, and of one user. */
const QUESTION = `query ($from: Moment, $to: Moment, $user: String!) {
  days: measures(from: $from, to: $to) { ${COUNTS} }
  hours: measures { ${COUNTS} }
  people: measures(from: $from, to: $to, groupBy: [USER], first: 100) { groupCount groups { node { ... on User { userId } } } }
  retention(from: $from, to: $to, bucket: DAY) { cohorts { users } }
  user(userId: $user) { activeDays }
}`

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
const DAY_MS = 86_400_000

test('a producer that names its own login finds its user, device and address wherever they are counted', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '2' })
  const port = await portOf(deployment.start('api/main.ts'))
  const send = await openPlacedProducer(deployment)
  deployment.start('worker/main.ts')
  const [from, to] = [dayOf(Date.now()), dayOf(Date.now() + 2 * DAY_MS)]
  const headers = (named: string) => ({
    'x-rollcall-read-after': named,
    'x-rollcall-read-timeout-ms': '30000',
  })
  const ask = async (user: string, named: string): Promise<Answer> => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(named) },
      body: JSON.stringify({ query: QUESTION, variables: { from, to, user } }),
    })
    return (await response.json()) as Answer
  }
  const firstLive = async (named: string): Promise<unknown> => {
    const query = `subscription { measures(from: "${from}", to: "${to}") { ${COUNTS} } }`
    const { events, close } = await subscribe(port, query, headers(named))
    await eventually(() => {
      expect(events).not.toHaveLength(0)
    })
    close()
    return events[0]?.answer.data?.['measures']
  }
  for (let sent = 1; sent <= 8; sent++) {
    const login = {
      ...{ user_id: `user-${sent}`, device_id: `device-${sent}`, ip: `192.0.2.${sent}` },
      timestamp: Math.floor(Date.now() / 1000),
    }
    const place = await send(login, sent % 2)
    const total = { logins: sent, users: sent, devices: sent, addresses: sent, newUsers: sent }
    if (sent % 4 === 0) expect(await firstLive(place)).toEqual({ total })
    const { data, errors } = await ask(`user-${sent}`, place)
    expect(errors).toBeUndefined()
    expect(data.days.total).toEqual(total)
    expect(data.hours.total).toEqual(total)
    expect(data.people.groupCount).toBe(sent)
    expect(data.people.groups.map(({ node }) => node?.userId)).toContain(`user-${sent}`)
    expect(data.people.groups.filter(({ node }) => node === null)).toEqual([])
    expect(data.retention.cohorts.reduce((sum, { users }) => sum + users, 0)).toBe(sent)
    expect(data.user.activeDays).toBe(1)
  }
})
