import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { createTimeBudget } from '../limits/time-budget.ts'
import { schema } from '../schema/schema.ts'
import { limitExpensive } from './limit-expensive.ts'

const HEAVY = '{ measures(bucket: MINUTE) { to } }'
const LIGHT = '{ ingestion { lag } }'
const DECLARED = '{ reconciliation { __typename } }'

function setUp() {
  let nowMs = 0
  const { onExecute } = limitExpensive(
    createTimeBudget(500, () => nowMs),
    () => undefined,
  )
  const running: string[] = []
  const start = (client: string, query: string, tookMs = 240) => {
    const contextValue = { payers: [client], params: { query } }
    const started = Promise.resolve(
      onExecute?.({
        args: { schema, document: parse(query), contextValue },
        setResultAndStopExecution: () => undefined,
      } as never),
    ).then((hooks) => {
      running.push(client)
      return () => {
        nowMs += tookMs
        running.splice(running.indexOf(client), 1)
        ;(hooks as { onExecuteDone: () => void }).onExecuteDone()
      }
    })
    return started
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { start, running, settled }
}

const countOf = (running: readonly string[], client: string) => running.filter((one) => one === client).length

it('a client that sends many heavy questions has them answered one at a time, and all others are answered meanwhile', async () => {
  const { start, running, settled } = setUp()
  ;(await start('ann', HEAVY))()
  const asked = Array.from({ length: 6 }, () => start('ann', HEAVY))
  await settled()
  // One is within her share; the next waits for nobody, and the others for it.
  expect(countOf(running, 'ann')).toBe(2)
  const others = Array.from({ length: 10 }, (_, i) => start(`client ${i}`, LIGHT, 5))
  await settled()
  expect(running.filter((one) => one !== 'ann')).toHaveLength(10)
  for (const end of await Promise.all(others)) end()
  for (const one of asked) {
    const end = await one
    expect(countOf(running, 'ann')).toBeLessThanOrEqual(2)
    end()
    await settled()
  }
  expect(running).toEqual([])
})

it('a question that is declared as expensive waits for a slot, however little its client has asked', async () => {
  const { start, running, settled } = setUp()
  const asked = ['ann', 'ann', 'bob', 'cid'].map((client) => start(client, DECLARED, 10))
  await settled()
  expect(running).toEqual(['ann', 'bob'])
  ;(await asked[0])?.()
  await settled()
  expect(running).toEqual(['bob', 'ann'])
})
