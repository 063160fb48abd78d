import { abortedBy } from '../../concurrency/stop-signal.ts'
import { eventually } from '../support/eventually.ts'
import { actions } from './actions.ts'
import { heal } from './judge/heal.ts'
import { judge, type Verdict } from './judge/judge.ts'
import { partitionStates } from './judge/partition-states.ts'
import { planChaos } from './plan.ts'
import { refuseUsers } from './poison.ts'
import { RecordBook } from './judge/record-book.ts'
import { runPlan } from './run-plan.ts'
import { openSender, sendScenario } from './actors/send-scenario.ts'
import { PARTITIONS, type World } from './world.ts'

export type ChaosOptions = {
  /** Decides what is sent and what happens meanwhile. */
  seed: number
  durationMs: number
  stop: AbortSignal
}

/** Sends logins while parts and processes fail, lets everything heal, and compares what came of it with what was sent. */
export async function runChaos(world: World, options: ChaosOptions): Promise<Verdict> {
  const book = new RecordBook()
  await eventually(() => allRun(world))
  await refuseUsers(world)
  await sendUnderFaults(world, options, book)
  await heal(world, options.stop)
  const { logins, rejects } = book.truth.totals()
  world.say(`sent ${logins} logins and ${rejects} records that are none; comparing`)
  return await judge(world, book)
}

/** When sending fails, no further faults begin. */
async function sendUnderFaults(world: World, options: ChaosOptions, book: RecordBook): Promise<void> {
  const { seed, durationMs, stop } = options
  const sender = openSender(world, book, stop)
  const failed = new AbortController()
  const sending = sendScenario(sender, options).catch((error: unknown) => {
    failed.abort()
    throw error
  })
  const plan = planChaos(seed, durationMs, actions)
  const ends = await Promise.allSettled([
    sending,
    runPlan(world, plan, abortedBy([stop, failed.signal]).signal),
  ])
  await sender.close()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function allRun({ ask }: World): Promise<void> {
  const running = (await partitionStates(ask)).filter(({ state }) => state === 'RUNNING')
  if (running.length < PARTITIONS) throw new Error(`${running.length} partitions are running`)
}
