import { setTimeout as sleep } from 'node:timers/promises'
import { actions } from './actions.ts'
import { describeStep, type Step } from './plan.ts'
import type { World } from './world.ts'

/**
 * Does the steps when they are due, one at a time to each target. Resolves when all are over; once `stop` aborts, none
 * begins any more.
 */
export async function runPlan(world: World, plan: readonly Step[], stop: AbortSignal): Promise<void> {
  const startMs = Date.now()
  const lastOn = new Map<string, Promise<void>>()
  for (const step of plan) {
    const waitMs = Math.max(0, startMs + step.atMs - Date.now())
    await sleep(waitMs, undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) break
    const before = lastOn.get(step.target) ?? Promise.resolve()
    lastOn.set(
      step.target,
      before.then(() => runStep(world, step)),
    )
  }
  await Promise.all(lastOn.values())
}

async function runStep(world: World, step: Step): Promise<void> {
  world.say(describeStep(step))
  try {
    await actions.find(({ name }) => name === step.action)?.run(world, step)
  } catch (error) {
    // A part that did not come up is tried again when everything heals.
    world.say(`${step.action} ${step.target} failed: ${String(error)}`)
  }
}
