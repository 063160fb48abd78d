import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../support/eventually.ts'
import { endTransactions } from './open-transactions.ts'
import { partitionStates } from './partition-states.ts'
import { control } from '../actors/pause-and-resume.ts'
import { replayUntilNoneIsParked } from '../poison.ts'
import type { World } from '../world.ts'

const HEAL_MS = 60_000
/** After the last outage everything that was sent is counted and published within this, or something is stuck. */
const SETTLE_MS = 120_000
const POLL_MS = 500

/**
 * Brings everything back, and waits until all that was sent is counted and published.
 * @throws when it is not in time, with where every partition stands
 */
export async function heal(world: World, stop: AbortSignal): Promise<void> {
  for (const target of Object.values(world.targets)) await eventually(() => target.bringBack(), HEAL_MS)
  await eventually(() => endTransactions(world.deployment), HEAL_MS)
  await eventually(() => resumeAll(world), HEAL_MS)
  world.say('everything is back; waiting until all is counted and published')
  const end = Date.now() + SETTLE_MS
  for (;;) {
    // A broker that has just come back refuses some questions for a while.
    const open = await unsettled(world).catch((error: unknown) => [String(error)])
    if (open.length === 0) break
    stop.throwIfAborted()
    if (Date.now() > end) throw new Error(`not settled after ${SETTLE_MS / 1000} s:\n${open.join('\n')}`)
    await sleep(POLL_MS)
  }
  await eventually(() => replayUntilNoneIsParked(world), SETTLE_MS)
}

async function resumeAll(world: World): Promise<void> {
  const states = await partitionStates(world.ask)
  if (states.every(({ state }) => state !== 'PAUSED')) return
  throw new Error(await control(world, 'resumeIngestion', null))
}

/** Partitions of which something is not counted or not published, each with where it stands. */
async function unsettled({ deployment, ask }: World): Promise<string[]> {
  const [ends, published, counted] = await Promise.all([
    endOffsets(deployment),
    publishedOffsets(deployment),
    countedOffsets(deployment),
  ])
  const open = [...ends].filter(
    ([partition, end]) => counted.get(partition) !== end || published.get(partition) !== end,
  )
  if (open.length === 0) return []
  const states = await partitionStates(ask).catch(() => [])
  return open.map(([partition, end]) => {
    const { state, reason } = states.find((one) => one.partition === partition) ?? {}
    const at = `counted ${counted.get(partition) ?? 'none'}, published ${published.get(partition) ?? 'none'} of ${end}`
    return `  partition ${partition}: ${at}; ${state ?? 'state unknown'} ${reason ?? ''}`
  })
}

type Offsets = Map<number, string>

async function endOffsets({ kafka, config }: World['deployment']): Promise<Offsets> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(config.kafka.topic).finally(() => admin.disconnect())
  return new Map(ends.map(({ partition, high }) => [partition, high]))
}

async function publishedOffsets({ kafka, config }: World['deployment']): Promise<Offsets> {
  const { topic, groupId } = config.kafka
  const admin = kafka.admin()
  await admin.connect()
  const groups = await admin.fetchOffsets({ groupId, topics: [topic] }).finally(() => admin.disconnect())
  return new Map(groups[0]?.partitions.map(({ partition, offset }) => [partition, offset]))
}

async function countedOffsets({ sql }: World['deployment']): Promise<Offsets> {
  const rows = await sql<{ partition: number; next: string }[]>`
    select partition, next_offset::text as next from partition_checkpoint`
  return new Map(rows.map(({ partition, next }) => [partition, next]))
}
