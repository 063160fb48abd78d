import { setTimeout as sleep } from 'node:timers/promises'
import { command } from '../command.ts'
import type { Step } from '../plan.ts'
import { PARTITIONS, type World } from '../world.ts'

const ALL = 'all partitions'
/** What a pause can be for. */
export const pausable = [
  ALL,
  ...Array.from({ length: PARTITIONS }, (_, partition) => `partition ${partition}`),
]

/** Pauses through GraphQL, and resumes after a while. */
export async function pauseAndResume(world: World, { target, lastsMs }: Step): Promise<void> {
  const partitions = target === ALL ? null : [Number(target.split(' ')[1])]
  world.say(`pause of ${target}: ${await control(world, 'pauseIngestion', partitions)}`)
  await sleep(lastsMs)
  world.say(`resume of ${target}: ${await control(world, 'resumeIngestion', partitions)}`)
}

export const control = (
  world: Pick<World, 'ask'>,
  field: 'pauseIngestion' | 'resumeIngestion',
  partitions: number[] | null,
): Promise<string> =>
  command(
    world,
    `mutation ($partitions: [Int!]) {
      answer: ${field}(reason: "chaos", partitions: $partitions) { __typename ... on Error { message } }
    }`,
    { partitions },
  )
