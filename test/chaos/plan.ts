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

type Card = Pick<Step, 'action' | 'target'>

const FIRST_MS = 1_000
const GAP_MS = { least: 500, most: 3_000 }
export const OUTAGE_MS = { least: 2_000, most: 12_000 }
/** A broker needs as long to start; what is coming back is left alone meanwhile. */
const COMING_BACK_MS = 4_000
export const MOST_AT_ONCE = 3

/**
 * What happens in a run of `durationMs`, in order of time. The same arguments give the same plan. Every action happens to
 * every target once, in an order of chance, before any of it happens again: a minute has most of them.
 */
export function planChaos(seed: number, durationMs: number, actions: readonly Action[]): Step[] {
  const random = sfc32(seed, durationMs)
  const all = actions.flatMap(({ name, targets }) => targets.map((target) => ({ action: name, target })))
  const steps: Step[] = []
  let deck: Card[] = []
  const endMs = durationMs - OUTAGE_MS.least
  for (let atMs = FIRST_MS; atMs <= endMs; atMs += between(random, GAP_MS)) {
    if (deck.length === 0) deck = shuffled(random, all)
    const busy = steps.filter((step) => step.atMs + step.lastsMs + COMING_BACK_MS > atMs)
    const ongoing = busy.filter((step) => step.atMs + step.lastsMs > atMs)
    const next = deck.findIndex(({ target }) => !busy.some((step) => step.target === target))
    if (ongoing.length >= MOST_AT_ONCE || next === -1) continue
    const lastsMs = Math.min(between(random, OUTAGE_MS), durationMs - atMs)
    for (const card of deck.splice(next, 1)) steps.push({ atMs, ...card, lastsMs, seed: random() })
  }
  return steps
}

const between = (random: Random32, { least, most }: { least: number; most: number }): number =>
  Math.round(least + fraction(random) * (most - least))

function shuffled(random: Random32, cards: readonly Card[]): Card[] {
  const rest = [...cards]
  return cards.flatMap(() => rest.splice(random() % rest.length, 1))
}

export const describeStep = ({ atMs, action, target, lastsMs }: Step): string =>
  `${(atMs / 1000).toFixed(1).padStart(6)} s  ${action} ${target} for ${(lastsMs / 1000).toFixed(1)} s`
