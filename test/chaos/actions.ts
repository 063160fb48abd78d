import { setTimeout as sleep } from 'node:timers/promises'
import { addPartition } from './add-partition.ts'
import { pauseAndResume, pausable } from './pause-and-resume.ts'
import type { Step } from './plan.ts'
import { leaveTransaction } from './open-transactions.ts'
import { parts, roles, type TargetName, type World } from './world.ts'

/** Something that happens to a running Rollcall. */
export type Action = {
  name: string
  /** How often it is chosen, beside the others. */
  weight: number
  targets: readonly string[]
  /** Resolves once it is over and what it took away is back. What is refused because a part is away is no failure. */
  run: (world: World, step: Step) => Promise<void>
}

const processes = [...parts, ...roles]

/** To add an action, add it here: the plan chooses among them by weight. */
export const actions: readonly Action[] = [
  { name: 'kill', weight: 8, targets: processes, run: outage('kill') },
  { name: 'freeze', weight: 6, targets: processes, run: outage('freeze') },
  { name: 'pause', weight: 3, targets: pausable, run: pauseAndResume },
  { name: 'abort a transaction on', weight: 3, targets: ['the topic'], run: leaveTransaction('aborted') },
  { name: 'abandon a transaction on', weight: 1, targets: ['the topic'], run: leaveTransaction('abandoned') },
  { name: 'add a partition to', weight: 1, targets: ['the topic'], run: addPartition },
]

function outage(kind: 'kill' | 'freeze'): Action['run'] {
  return async ({ targets, say }, { target, lastsMs }) => {
    const victim = targets[target as TargetName]
    await victim[kind]()
    await sleep(lastsMs)
    await victim.bringBack()
    say(`${target} is back`)
  }
}
