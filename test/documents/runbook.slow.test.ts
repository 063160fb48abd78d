import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { delimiter, dirname } from 'node:path'
import { promisify } from 'node:util'
import { Kind, OperationTypeNode, parse } from 'graphql'
import { expect, test } from 'vitest'
import { downloadTemporal } from '../../stack/parts/downloads.ts'
import { partsFolder } from '../../stack/stack.ts'
import { createDeployment, type Deployment } from '../support/deployment/deployment.ts'
import { blocksOf, pages } from '../support/api/document-blocks.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { graphqlOf, type Graphql } from '../support/api/graphql-client.ts'
import { untilParked } from '../support/ledger/ledger.ts'
import { BATCHES_OF_A_MONTH, insertMonth } from '../support/api/month-of-batches.ts'
import { countedLogins } from '../support/deployment/until-state.ts'

const run = promisify(execFile)

// The commands of the documents as they stand there, against a topic of that name in a namespace of its own.

test(
  'every command of the documents works on a deployment that has run for a month, from GraphQL and from the shell',
  { timeout: 400_000 },
  async () => {
    const rollcall = await monthOld()
    const mutations = pages.flatMap((page) => blocksOf(page, 'graphql').filter(isMutation))
    const shell = blocksOf('docs/runbook.md', 'sh')
    expect(mutations.length).toBeGreaterThan(5)
    expect(shell.length).toBeGreaterThan(5)
    for (const text of mutations) await expectDone(text, () => rollcall.command(text))
    for (const text of shell) await expectDone(text, () => rollcall.shell(text))
    const { reconciliation } = await rollcall.ask(
      '{ reconciliation { isConsistent pageInfo { hasNextPage } } }',
    )
    expect(reconciliation).toEqual({ isConsistent: true, pageInfo: { hasNextPage: true } })
  },
)

type Said = { isDone: boolean; words: string }

/** Refused without identity, which this deployment has none of; it has been understood then. */
const NEEDS_IDENTITY = /ServiceToken\(/

/** What needs lost offsets, or a partition that waits, is refused where there is none; it has been understood then. */
const NEEDS_A_FAULT = /acceptOffsetLoss|parkBatch|--name park/

async function expectDone(text: string, work: () => Promise<Said>): Promise<void> {
  const { isDone, words } = await work()
  if (NEEDS_A_FAULT.test(text)) expect(words, text).toContain('partition 0 is running')
  else if (NEEDS_IDENTITY.test(text)) expect(words, text).toContain('local mode')
  else expect(isDone, `${text}\n${words}`).toBe(true)
}

async function monthOld() {
  const namespace = `runbook-${randomUUID().slice(0, 8)}`
  const deployment = await createDeployment({
    KAFKA_TOPIC: 'user-login',
    KAFKA_PARTITIONS: '1',
    TEMPORAL_NAMESPACE: namespace,
  })
  const temporal = await downloadTemporal(partsFolder, () => undefined)
  const environment = {
    PATH: [dirname(temporal), process.env['PATH']].join(delimiter),
    TEMPORAL_ADDRESS: deployment.config.temporal.address,
    TEMPORAL_NAMESPACE: namespace,
  }
  await run('temporal', ['operator', 'namespace', 'create', '-n', namespace], { env: environment })
  const feed = createFeed(deployment)
  await insertMonthBefore(deployment)
  deployment.start('worker/main.ts')
  const ask = await graphqlOf(deployment.start('api/main.ts'))
  await feed.logins(20)
  await eventually(async () => {
    expect(await countedLogins(deployment)).toBe(20)
  })
  // The month is counted, too.
  await deployment.sql`update partition_checkpoint set logins = logins + ${BATCHES_OF_A_MONTH}`
  const prepared = async (text: string) => prepare(deployment, feed, ask, text)
  return {
    ask,
    command: async (text: string): Promise<Said> => {
      const data = await ask(await prepared(text))
      const [answer] = Object.values(data) as { __typename?: string; message?: string }[]
      const words = JSON.stringify(answer)
      return { isDone: answer !== undefined && !('message' in answer), words }
    },
    shell: async (text: string): Promise<Said> => {
      try {
        const { stdout } = await run('sh', ['-ec', await prepared(text)], { env: environment })
        return { isDone: true, words: stdout }
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
        return { isDone: false, words: stdout + stderr }
      }
    },
  }
}

/** Before the first offset of Kafka, as if the topic had begun a month earlier. */
async function insertMonthBefore({ sql }: Deployment): Promise<void> {
  const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000)
  await insertMonth(sql, minute.toISOString(), { fromOffset: -BATCHES_OF_A_MONTH, firstId: 1_000_000_000 })
}

type Feed = ReturnType<typeof createFeed>

/** Makes what a command is for, and puts its place into the command. */
async function prepare(deployment: Deployment, feed: Feed, ask: Graphql, text: string): Promise<string> {
  if (/resumeIngestion|--name resume/.test(text))
    await ask('mutation { pauseIngestion(reason: "so that it can be resumed") { __typename } }')
  else await ask('mutation { resumeIngestion(reason: "so that it runs") { __typename } }')
  if (!/batchId: "15"|150-151/.test(text)) return text
  const { id, from, to } = await park(deployment, feed)
  return text.replaceAll('batchId: "15"', `batchId: "${id}"`).replaceAll('150-151', `${from}-${to}`)
}

let users = 0

/** Parks one login, whose cause is mended then. */
async function park(deployment: Deployment, feed: Feed) {
  const { sql } = deployment
  const before = await batchIds(deployment)
  const user = `refused-${++users}`
  await sql.unsafe(`alter table login add constraint user_id_is_short check (user_id <> '${user}')`)
  await feed.loginOf(user)
  await untilParked(deployment, before.length + 1)
  await sql`alter table login drop constraint user_id_is_short`
  const id = (await batchIds(deployment)).find((one) => !before.includes(one)) ?? ''
  const [batch] = await sql<{ from: string; to: string }[]>`
    select from_offset::text as "from", to_offset::text as "to" from batch where id = ${id}::text::bigint`
  return { id, from: batch?.from, to: batch?.to }
}

const batchIds = async ({ sql }: Deployment): Promise<string[]> =>
  (await sql<{ id: string }[]>`select id::text from batch where status = 'parked'`).map(({ id }) => id)

const isMutation = (text: string): boolean =>
  parse(text).definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.MUTATION,
  )
