import { setTimeout as sleep } from 'node:timers/promises'
import type { ScenarioRecord } from '../../generator/scenario.ts'
import { command } from './command.ts'
import type { Step } from './plan.ts'
import type { World } from './world.ts'

/** Of the logins one in so many is of a user whom the database refuses. */
export const POISON_EVERY = 150
const POISONED_USER = 'refused-'

/** Turns some logins of a scenario into ones that fail for a permanent reason: their batches are bisected and parked. */
export class Poisoner {
  #logins = 0

  poison(record: ScenarioRecord): ScenarioRecord {
    const { expected, value } = record
    if (!expected.ok || value === null || ++this.#logins % POISON_EVERY !== 0) return record
    const userId = `${POISONED_USER}${this.#logins}`
    // In the text: read and written again, an odd message would no longer say what is expected of it.
    const text = value.toString()
    const poisoned = text.replace(userIs(expected.login.userId), () => userIs(userId))
    if (poisoned === text) return record
    return {
      ...record,
      value: Buffer.from(poisoned),
      expected: { ok: true, login: { ...expected.login, userId } },
    }
  }
}

const userIs = (userId: string): string => `"user_id":${JSON.stringify(userId)}`

export async function refuseUsers({ deployment: { sql } }: World): Promise<void> {
  // Those that are counted already stay.
  await sql`alter table login add constraint refuses_users check (user_id not like ${sql.unsafe(`'${POISONED_USER}%'`)}) not valid`
}

export async function letUsersIn({ deployment: { sql } }: World): Promise<void> {
  await sql`alter table login drop constraint if exists refuses_users`
}

/**
 * Replays everything that is parked, twice at once. Half of the times the cause is mended meanwhile, so that a replay
 * counts; in the others it fails again.
 */
export async function replayParked(world: World, { lastsMs, seed }: Step): Promise<void> {
  const isMended = seed % 2 === 0
  if (isMended) await letUsersIn(world)
  const answers = await Promise.all([replayAll(world), replayAll(world)])
  world.say(`replays${isMended ? ' of what is mended' : ''}: ${answers.join(', ')}`)
  await sleep(lastsMs)
  if (isMended) await refuseUsers(world)
}

const replayAll = (world: World): Promise<string> =>
  command(
    world,
    `mutation { answer: replayBatches(reason: "chaos", dryRun: false, maxPerMinute: 6000) { __typename ... on Error { message } } }`,
  )

/** What a run of replays takes at most when nothing fails. */
const REPLAY_MS = 5_000

/** Replays until nothing is parked and all that was replayed is published. @throws when something still is */
export async function replayUntilNoneIsParked(world: World): Promise<void> {
  await letUsersIn(world)
  const { sql } = world.deployment
  const [open] = await sql<{ parked: number; unpublished: number }[]>`
    select (select count(*)::integer from batch where status = 'parked') as parked,
           (select count(*)::integer from batch_revision where not published) as unpublished`
  if (open?.parked === 0 && open.unpublished === 0) return
  const answer = await replayAll(world)
  // A run that is asked for again before it is done is work for the machine that it needs.
  await sleep(REPLAY_MS)
  throw new Error(
    `${open?.parked ?? 0} batches are parked, ${open?.unpublished ?? 0} not published: ${answer}`,
  )
}
