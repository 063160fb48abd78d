import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../eventually.ts'
import { command } from './pause-and-resume.ts'
import { endTransactions } from './open-transactions.ts'
import type { World } from './world.ts'

const HEAL_MS = 60_000
/** After the last outage everything that was sent is counted and published within this, or something is stuck. */
const SETTLE_MS = 120_000

/**
 * Brings everything back, and waits until all that was sent is counted and published.
 * @throws when it is not in time, with the state of every partition
 */
export async function heal(world: World, stop: AbortSignal): Promise<void> {
  for (const target of Object.values(world.targets)) await target.bringBack()
  await eventually(() => endTransactions(world.deployment), HEAL_MS)
  await eventually(() => resumeAll(world), HEAL_MS)
  world.say('everything is back; waiting until all is counted and published')
  const end = Date.now() + SETTLE_MS
  for (let open = await unsettled(world); open.length > 0; open = await unsettled(world)) {
    stop.throwIfAborted()
    if (Date.now() > end) throw new Error(`not settled after ${SETTLE_MS / 1000} s:\n${open.join('\n')}`)
    await sleep(500)
  }
}

async function resumeAll(world: World): Promise<void> {
  const answer = await states(world)
  if (answer.every(({ state }) => state !== 'PAUSED')) return
  throw new Error(await command(world, 'resumeIngestion', null))
}

type PartitionState = {
  partition: number
  state: string | null
  reason: string | null
}

async function states({ ask }: World): Promise<PartitionState[]> {
  const { ingestion } = await ask(
    '{ ingestion { ... on Ingestion { state partitions { partition state reason } } } }',
  )
  const { state, partitions } = ingestion as { state: string | null; partitions: PartitionState[] }
  if (state === null) throw new Error('Temporal or its workers are away')
  return partitions
}

/** Partitions of which something is not counted or not published, each with where it stands. */
async function unsettled(world: World): Promise<string[]> {
  const { kafka, config, sql } = world.deployment
  const { topic, groupId } = config.kafka
  const admin = kafka.admin()
  await admin.connect()
  const [ends, groups] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]).finally(() => admin.disconnect())
  const published = new Map(groups[0]?.partitions.map(({ partition, offset }) => [partition, offset]))
  const rows = await sql<{ partition: number; next: string }[]>`
    select partition, next_offset::text as next from partition_checkpoint`
  const counted = new Map(rows.map(({ partition, next }) => [partition, next]))
  const open = ends.filter(
    ({ partition, high }) => counted.get(partition) !== high || published.get(partition) !== high,
  )
  if (open.length === 0) return []
  const known = await states(world).catch(() => [])
  return open.map(({ partition, high }) => {
    const { state, reason } = known.find((one) => one.partition === partition) ?? {}
    const at = `counted ${counted.get(partition) ?? 'none'}, published ${published.get(partition) ?? 'none'} of ${high}`
    return `  partition ${partition}: ${at}; ${state ?? 'state unknown'} ${reason ?? ''}`
  })
}
