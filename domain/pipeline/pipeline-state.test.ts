import { expect, test } from 'vitest'
import { nextState, type IngestCommand, type IngestState } from './pipeline-state.ts'

const states = Object.keys(nextState) as IngestState[]
const reports: IngestCommand[] = ['lose_part', 'recover', 'halt']

test('a report of a slice is never refused, because it has happened', () => {
  for (const state of states)
    for (const command of reports)
      expect(nextState[state][command], `${command} while ${state}`).not.toBeNull()
})

test('what an operator stopped or a fault halted runs again only by an operator', () => {
  for (const state of ['paused', 'halted'] as const) {
    for (const command of reports) expect(['paused', 'halted']).toContain(nextState[state][command])
    expect(nextState[state].resume).toBe('running')
  }
})

test('commands that would change nothing are refused, so that their sender learns it', () => {
  expect(nextState.paused.pause).toBeNull()
  expect(nextState.running.resume).toBeNull()
})

test('no state that a fault leads to is without a way out by command', () => {
  for (const state of ['waiting', 'halted'] as const) expect(nextState[state].park).toBe('running')
  expect(nextState.halted.accept_loss).toBe('running')
  expect(nextState.halted.retire).toBe('retired')
})

test('nothing is set aside of a partition that runs, and a retired one stays so', () => {
  expect([nextState.running.park, nextState.paused.park]).toEqual([null, null])
  for (const [command, state] of Object.entries(nextState.retired))
    expect([null, 'retired'], command).toContain(state)
})
