import { expect, test } from 'vitest'
import { pairsOf } from './pairs.ts'

const run = (subject: string, value: number) => ({ subject, value })

test('the runs of a round are a pair, in whichever order they ran', () => {
  const results = [run('a', 1), run('b', 2), run('b', 4), run('a', 3), run('a', 5), run('b', 6)]
  expect(pairsOf(results)).toEqual([
    {
      of: 'a / b',
      pairs: [
        [run('a', 1), run('b', 2)],
        [run('a', 3), run('b', 4)],
        [run('a', 5), run('b', 6)],
      ],
    },
  ])
})

test('the first program is paired with each of the others', () => {
  const names = pairsOf([run('a', 1), run('b', 2), run('c', 3)]).map(({ of }) => of)
  expect(names).toEqual(['a / b', 'a / c'])
  expect(pairsOf([run('a', 1)])).toEqual([])
})
