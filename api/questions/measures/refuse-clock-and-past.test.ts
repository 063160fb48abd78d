import { expect, it } from 'vitest'
import { serve } from '../../server-fixture.ts'

it.each([
  ['since: "2026-02-28"', 'total { users }', 'since', 'users'],
  ['asOf: "2026-02-28"', 'total { firstSeenAt }', 'asOf', 'firstSeenAt'],
  ['asOfBatchId: "7"', 'total { newestRelease }', 'asOfBatchId', 'the newest release'],
  ['since: "2026-02-28", groupBy: USER, first: 1', 'groups { attempts }', 'since', 'groupBy users'],
  ['asOfBatchId: "7", filter: { users: ["u"] }', 'total { attempts }', 'asOfBatchId', 'a filter by users'],
  ['since: "2026-02-27", asOf: "2026-02-28"', 'total { users }', 'asOf and since', 'users'],
])(
  'what is known as of now only names the arguments to leave out, as they were sent: %s',
  async (args, fields, sent, what) => {
    const { errors } = await serve().ask(`{ measures(${args}) { ${fields} } }`)
    expect(errors).toMatchObject([
      { extensions: { code: 'UNSUPPORTED_COMBINATION', argument: sent.split(' ')[0] } },
    ])
    expect(errors?.[0]?.message).toMatch(new RegExp(`^${what}\\b.*, or (leave out )?${sent}$`))
  },
)
