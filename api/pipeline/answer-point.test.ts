import { expect, it } from 'vitest'
import { serve } from '../server-fixture.ts'

it.each([
  ['earlier: { at: "2027-01-01" }', 'earlier.at', 'give an earlier moment'],
  [
    'earlier: { at: "2026-02-01" }, later: { at: "2027-01-01" }',
    'later.at',
    'leave out later for the counts of now',
  ],
])(
  'a point in the future is refused with what can be done about it: %s',
  async (points, argument, remedy) => {
    const question = `{ explainDifference(from: "2026-02-01", to: "2026-02-02", ${points}) { unexplained { attempts } } }`
    const { errors } = await serve().ask(question)
    expect(errors).toMatchObject([
      {
        message: `${argument} must not be in the future; ${remedy}`,
        extensions: { code: 'INVALID_RANGE', argument },
      },
    ])
  },
)
