import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const upserted = readdirSync(new URL('../rollups', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) =>
    read(`../rollups/${file}`)
      .split(/(?=insert into )/)
      .filter((statement) => /on conflict[^;]*?do\s+update/.test(statement))
      .flatMap((statement) => /^insert into (\w+)/.exec(statement)?.[1] ?? []),
  )

test('workers may change the rows of each table into which a rollup adds to what is there', () => {
  expect(upserted).toContain('written_count')
  const rights = new Map(
    [...read('./privileges.ts').matchAll(/^ {2}(\w+): (\w+|\['[^']*)/gm)].map(([, table, of]) => [table, of]),
  )
  const refused = upserted.filter((table) => {
    const of = rights.get(table)
    return of !== undefined && !/ANY|ADD_AND_CHANGE|update/.test(of)
  })
  expect(refused).toEqual([])
})
