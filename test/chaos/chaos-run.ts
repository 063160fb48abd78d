import { actions } from './actions.ts'
import { heal } from './heal.ts'
import { judge, type Verdict } from './judge.ts'
import { planChaos } from './plan.ts'
import { RecordBook } from './record-book.ts'
import { runPlan } from './run-plan.ts'
import { sendScenario } from './send-scenario.ts'
import type { World } from './world.ts'

export type ChaosOptions = {
  /** Decides what is sent and what happens meanwhile. */
  seed: number
  durationMs: number
  stop: AbortSignal
}

/** Sends logins while parts and processes fail, lets everything heal, and compares what came of it with what was sent. */
export async function runChaos(world: World, options: ChaosOptions): Promise<Verdict> {
  const book = new RecordBook()
  const plan = planChaos(options.seed, options.durationMs, actions)
  await Promise.all([sendScenario(world, options, book), runPlan(world, plan, options.stop)])
  await heal(world, options.stop)
  const { logins, rejects } = book.truth.totals()
  world.say(`sent ${logins} logins and ${rejects} records that are none; comparing`)
  return await judge(world, book)
}
