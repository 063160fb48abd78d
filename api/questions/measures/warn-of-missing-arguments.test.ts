import { expect, it } from 'vitest'
import type { Warning } from '../../context/warnings.ts'
import { warnOfMissingArguments } from './warn-of-missing-arguments.ts'

const path = { prev: undefined, key: 'measures', typename: 'Query' }

function warned(given: Partial<Parameters<typeof warnOfMissingArguments>[2]>, ...fields: string[]): string[] {
  const warnings: Warning[] = []
  const selected = fields.map((field) => ({ path: field.split('.'), args: {} }))
  warnOfMissingArguments({ warnings }, { path }, { groupBy: [], ...given }, selected)
  return warnings.map(({ argument, message }) => `${argument}: ${message}`)
}

const ofBucket = 'bucket: without bucket, there are no buckets and no points: give it, such as bucket: DAY'
const ofGroups = 'groupBy: without groupBy, there are no groups: give it, such as groupBy: [LOCALE]'

it('points without a bucket, and groups without a dimension, are told from such as are empty', () => {
  expect(warned({}, 'points.logins', 'points')).toEqual([ofBucket])
  expect(warned({}, 'groups', 'groups.values')).toEqual([ofGroups])
  expect(warned({ groupBy: ['locale'] }, 'groups', 'groups.points')).toEqual([ofBucket])
  expect(warned({ bucket: 'day', groupBy: ['locale'] }, 'groups', 'groups.points', 'points')).toEqual([])
})

it('arguments that do nothing without groupBy are named', () => {
  expect(warned({ first: 3, orderBy: {} }, 'total', 'total.logins')).toEqual([
    'groupBy: without groupBy, first and orderBy do nothing: give it, such as groupBy: [LOCALE]',
  ])
  expect(warned({ first: 3 }, 'groups')).toEqual([ofGroups])
  expect(warned({ groupBy: ['locale'], first: 3 }, 'groups')).toEqual([])
})
