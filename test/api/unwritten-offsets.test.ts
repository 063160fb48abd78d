import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { openPlacedProducer } from '../support/kafka/placed-producer.ts'

const FATE = 'query ($offset: Offset!) { offsetFate(partition: 0, offset: $offset) { logs { fate logEnd } } }'

type Answer = { data: unknown; errors?: { message: string; extensions: object }[] }

test('an offset that Kafka has not written yet is told from one that is to be read', async () => {
  const deployment = await createDeployment({ KAFKA_PARTITIONS: '1' })
  const worker = deployment.start('worker/main.ts')
  const port = await portOf(deployment.start('api/main.ts'))
  const send = await openPlacedProducer(deployment)
  const ask = async (query: string, variables: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    })
    return (await response.json()) as Answer
  }
  const fateOf = async (offset: bigint) => (await ask(FATE, { offset: String(offset) })).data
  const waitFor = (named: string, timeoutMs: number) =>
    ask(
      '{ measures { total { attempts } } }',
      {},
      {
        'x-rollcall-read-after': named,
        'x-rollcall-read-timeout-ms': String(timeoutMs),
      },
    )
  const login = { user_id: 'u', device_id: 'd', ip: '192.0.2.1', timestamp: Math.floor(Date.now() / 1000) }
  const first = await send(login)
  expect((await waitFor(first, 30_000)).errors).toBeUndefined()
  const topic = deployment.config.kafka.topic
  const at = (offset: bigint) => `kafka:${topic}/0@${offset}`
  const placeOf = (named: string) => BigInt(named.split('@')[1] ?? '')

  const end = placeOf(first) + 1n
  expect(await fateOf(end)).toEqual({ offsetFate: { logs: [{ fate: 'UNREAD', logEnd: String(end) }] } })
  expect((await waitFor(at(end + 4n), 200)).errors).toMatchObject([
    {
      message: expect.stringContaining(`not written it yet: its next record gets offset ${end}`) as unknown,
      extensions: { code: 'NOT_YET_COUNTED', fate: 'UNREAD', behind: 5, logEnd: String(end) },
    },
  ])

  await worker.kill()
  const unread = placeOf(await send(login))
  expect(await fateOf(unread)).toEqual({
    offsetFate: { logs: [{ fate: 'UNREAD', logEnd: String(unread + 1n) }] },
  })
  const late = (await waitFor(at(unread), 2_000)).errors
  expect(late).toMatchObject([{ extensions: { fate: 'UNREAD', behind: 1, logEnd: String(unread + 1n) } }])
  expect(late?.[0]?.message).not.toContain('not written')
})
