import { expect, it } from 'vitest'
import { anyLogin } from '../../db/read/counts/count-filter.ts'
import type { Role } from '../../domain/access/role.ts'
import type { ApiContext } from '../context/context.ts'
import type { Warning } from '../context/warnings.ts'
import { warnOfUnknownOutcomes } from './warn-of-unknown-outcomes.ts'

const info = { path: { key: 'measures', prev: undefined, typename: 'Query' } }
const ranges = [{ fromMs: 0, toMs: 900_000 }]

/** What a role is told of. @param answers to what is read, in order */
async function toldTo(role: Role, hasUnknownOutcomes: boolean, answers: unknown[]): Promise<Warning[]> {
  const warnings: Warning[] = []
  const context = {
    ...{ warnings, roles: [role] },
    attemptsKnown: () => Promise.resolve({ around: [], hasUnknownOutcomes }),
    read: () => Promise.resolve(answers.shift()),
  } as unknown as ApiContext
  await warnOfUnknownOutcomes(context, info, { ranges, filter: anyLogin })
  return warnings
}

const counted = () => [['not "ok"'], [{ logins: [2, 1] }]]

it('tells how producers wrote outcomes only those who may read their words', async () => {
  const [analyst] = await toldTo('analyst', true, counted())
  expect(analyst?.message).toContain('up to 3 attempts')
  expect(analyst?.message).toContain(String.raw`written as "not \"ok\""`)
  const [viewer] = await toldTo('viewer', true, counted())
  expect(viewer?.message).toContain('up to 3 attempts')
  expect(viewer?.message).not.toContain('ok')
})

it('says nothing without a look at the range if every outcome that was ever counted is understood', async () => {
  const answers = counted()
  expect(await toldTo('analyst', false, answers)).toEqual([])
  expect(answers).toHaveLength(2)
})

it('says nothing if no attempt of the question has an unknown outcome', async () => {
  expect(await toldTo('analyst', true, [['pending'], [{ logins: [0] }]])).toEqual([])
})
