import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../support/eventually.ts'
import { addPartition } from './actors/add-partition.ts'
import { leaveTransaction } from './judge/open-transactions.ts'
import { pausable, pauseAndResume } from './actors/pause-and-resume.ts'
import type { Step } from './plan.ts'
import { replayParked } from './poison.ts'
import { parts, roles, type TargetName, type World } from './world.ts'

/** Something that happens to a running Rollcall. */
export type Action = {
  name: string
  /** What it can happen to, one of them at a time. */
  targets: readonly string[]
  /** Resolves once it is over and what it took away is back. What is refused because a part is away is no failure. */
  run: (world: World, step: Step) => Promise<void>
}

const COMES_BACK_MS = 20_000
const processes = [...parts, ...roles]

/** To add an action, add it here. */
export const actions: readonly Action[] = [
  { name: 'kill', targets: processes, run: outage('kill') },
  { name: 'freeze', targets: processes, run: outage('freeze') },
  { name: 'pause', targets: pausable, run: pauseAndResume },
  { name: 'abort a transaction on', targets: ['the topic'], run: leaveTransaction('aborted') },
  { name: 'abandon a transaction on', targets: ['the topic'], run: leaveTransaction('abandoned') },
  { name: 'replay', targets: ['what is parked'], run: replayParked },
  { name: 'add a partition to', targets: ['the topic'], run: addPartition },
]

function outage(kind: 'kill' | 'freeze'): Action['run'] {
  return async ({ targets, say }, { target, lastsMs }) => {
    const victim = targets[target as TargetName]
    await victim[kind]()
    await sleep(lastsMs)
    // Its port may be in use for a moment: connections take any that is free.
    await eventually(() => victim.bringBack(), COMES_BACK_MS)
    say(`${target} is back`)
  }
}
