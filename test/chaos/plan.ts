import { fraction, type Random32, sfc32 } from '../../generator/sfc32.ts'
import type { Action } from './actions.ts'

/** One action of a run. All of it comes from the seed of the run. */
export type Step = {
  atMs: number
  action: string
  target: string
  lastsMs: number
  /** For what the action itself leaves to chance. */
  seed: number
}

const FIRST_MS = 2_000
const GAP_MS = { least: 500, most: 4_000 }
const OUTAGE_MS = { least: 2_000, most: 12_000 }
/** A broker needs as long to start; what is coming back is left alone meanwhile. */
const COMING_BACK_MS = 5_000
const MOST_AT_ONCE = 3

/** What happens in a run of `durationMs`, in order of time. The same arguments give the same plan. */
export function planChaos(seed: number, durationMs: number, actions: readonly Action[]): Step[] {
  const random = sfc32(seed, durationMs)
  const steps: Step[] = []
  for (let atMs = FIRST_MS; atMs < durationMs; atMs += Math.round(between(random, GAP_MS))) {
    const busy = steps.filter((step) => step.atMs + step.lastsMs + COMING_BACK_MS > atMs)
    const action = choose(random, actions)
    const target = action.targets[random() % action.targets.length] ?? ''
    const lastsMs = Math.min(Math.round(between(random, OUTAGE_MS)), durationMs - atMs)
    if (busy.length < MOST_AT_ONCE && !busy.some((step) => step.target === target))
      steps.push({ atMs, action: action.name, target, lastsMs, seed: random() })
  }
  return steps
}

const between = (random: Random32, { least, most }: { least: number; most: number }): number =>
  least + fraction(random) * (most - least)

function choose(random: Random32, actions: readonly Action[]): Action {
  const lots = actions.flatMap((action) => Array.from({ length: action.weight }, () => action))
  const chosen = lots[random() % lots.length]
  if (chosen === undefined) throw new Error('no actions to choose from')
  return chosen
}

export const describeStep = ({ atMs, action, target, lastsMs }: Step): string =>
  `${(atMs / 1000).toFixed(1).padStart(6)} s  ${action} ${target} for ${(lastsMs / 1000).toFixed(1)} s`
