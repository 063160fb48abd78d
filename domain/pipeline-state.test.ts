import { expect, test } from 'vitest'
import { nextState, type IngestCommand, type IngestState } from './pipeline-state.ts'

const states = Object.keys(nextState) as IngestState[]
const news: IngestCommand[] = ['lose_part', 'recover', 'halt']

test('news of a slice is never refused: it has happened', () => {
  for (const state of states)
    for (const command of news) expect(nextState[state][command], `${command} while ${state}`).not.toBeNull()
})

test('what an operator stopped or a fault halted runs again only by an operator', () => {
  for (const state of ['paused', 'halted'] as const) {
    for (const command of news) expect(['paused', 'halted']).toContain(nextState[state][command])
    expect(nextState[state].resume).toBe('running')
  }
})

test('commands that would change nothing are refused, so that their sender learns it', () => {
  expect(nextState.paused.pause).toBeNull()
  expect(nextState.running.resume).toBeNull()
})
