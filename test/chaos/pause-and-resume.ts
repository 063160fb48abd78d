import { setTimeout as sleep } from 'node:timers/promises'
import type { Step } from './plan.ts'
import { PARTITIONS, type World } from './world.ts'

const ALL = 'all partitions'
/** What a pause can be for. */
export const pausable = [
  ALL,
  ...Array.from({ length: PARTITIONS }, (_, partition) => `partition ${partition}`),
]

/** Pauses through GraphQL, and resumes after a while. */
export async function pauseAndResume(world: World, { target, lastsMs }: Step): Promise<void> {
  const partitions = target === ALL ? null : [Number(target.split(' ')[1])]
  world.say(`pause of ${target}: ${await command(world, 'pauseIngestion', partitions)}`)
  await sleep(lastsMs)
  world.say(`resume of ${target}: ${await command(world, 'resumeIngestion', partitions)}`)
}

/** @returns the type of the result, or what went wrong */
export async function command(
  { ask }: Pick<World, 'ask'>,
  field: 'pauseIngestion' | 'resumeIngestion',
  partitions: number[] | null,
): Promise<string> {
  const mutation = `mutation ($partitions: [Int!]) {
    ${field}(reason: "chaos", partitions: $partitions) { __typename ... on Error { message } }
  }`
  try {
    const answer = await ask(mutation, { partitions })
    const { __typename: type, message } = answer[field] as { __typename: string; message?: string }
    return message === undefined ? type : `${type}: ${message}`
  } catch (error) {
    return String(error)
  }
}
