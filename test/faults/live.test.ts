import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { createPostgresParts, postgresUrl } from '../../stack/parts/postgres.ts'
import { freePort } from '../../stack/processes/ports.ts'
import { insertCounts } from '../support/api/api-rows.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { subscribe, type Subscription } from '../support/api/live-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { logsIn, ownFolder } from '../support/parts/own-folder.ts'

const QUESTION = `subscription {
  measures(from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z") {
    total { attempts }
    freshness { databaseRole }
  }
}`

type Counts = { total: { attempts: number }; freshness: { databaseRole: string } }

const shown = ({ events }: Subscription) =>
  events.map(({ answer: { data, errors } }) => {
    if (errors !== undefined) return errors[0]?.extensions.code
    return (data?.['measures'] as Counts).total.attempts
  })

/** A database with a replica of its own, and an API that reads each. */
async function ownPostgres() {
  const dataFolder = ownFolder()
  const ports = { port: await freePort(0), replicaPort: await freePort(0) }
  const { primary, replica } = createPostgresParts({ dataFolder, logFolder: logsIn(dataFolder), ...ports })
  await primary.start()
  await replica.start()
  const deployment = await createDeployment({
    DATABASE_URL: postgresUrl(ports.port),
    DATABASE_REPLICA_URLS: '',
  })
  const onReplica = postgres(postgresUrl(ports.replicaPort), { max: 1, onnotice: () => undefined })
  onTestFinished(() => onReplica.end({ timeout: 1 }))
  const apiOf = (replicaUrls: string) =>
    portOf(deployment.start('api/main.ts', { DATABASE_REPLICA_URLS: replicaUrls }))
  return {
    primary,
    replica,
    onReplica,
    ofPrimary: await apiOf(''),
    ofReplica: await apiOf(postgresUrl(ports.replicaPort)),
    addLogins: (logins: number) =>
      insertCounts(deployment.sql, [['2026-03-01T10:00:00Z', 'android', '1.0', 'CA', logins]]),
  }
}

test('an API whose replica is behind answers a subscriber of another one when the replica has caught up, and not before', async () => {
  const { onReplica, ofPrimary, ofReplica, addLogins } = await ownPostgres()
  await addLogins(1)
  const elsewhere = await subscribe(ofReplica, QUESTION)
  await eventually(() => {
    expect(shown(elsewhere)).toEqual([1])
  })
  await onReplica`select pg_wal_replay_pause()`
  await addLogins(2)
  const first = await subscribe(ofPrimary, QUESTION)
  await eventually(() => {
    expect(shown(first)).toEqual([3])
  })
  first.close()
  const again = await subscribe(ofReplica, QUESTION, { 'last-event-id': first.events[0]?.id ?? '' })
  const fresh = await subscribe(ofReplica, QUESTION)
  await eventually(() => {
    expect(shown(fresh)).toEqual([1])
  })
  await sleep(2_000)
  expect(shown(again)).toEqual([])
  await onReplica`select pg_wal_replay_resume()`
  await eventually(() => {
    expect([again, fresh, elsewhere].map(shown)).toEqual([[3], [1, 3], [1, 3]])
  })
})

test('a database that goes away is told, and the subscription goes on when it is back', async () => {
  const { primary, ofPrimary, addLogins } = await ownPostgres()
  await addLogins(1)
  const one = await subscribe(ofPrimary, QUESTION)
  await eventually(() => {
    expect(shown(one)).toEqual([1])
  })
  await primary.kill()
  await eventually(() => {
    expect(shown(one)).toEqual([1, 'DATABASE_UNAVAILABLE'])
  })
  await primary.start()
  await eventually(() => {
    expect(shown(one)).toEqual([1, 'DATABASE_UNAVAILABLE', 1])
  })
  await eventually(() => addLogins(4))
  await eventually(() => {
    expect(shown(one).at(-1)).toBe(5)
  })
})
