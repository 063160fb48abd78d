import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { logFields, namedFields } from './log-fields.ts'

const page = readFileSync(new URL('../docs/logs.md', import.meta.url), 'utf8')

test('docs/logs.md has each field with what it says, and no other', () => {
  const rows = page.split('\n').flatMap((line) => {
    const [, name, says] =
      /^\| `((?:error|event|http|url|server|trace|span|rollcall)\.[\w.]+)` +\| (.*?) +\|$/.exec(line) ?? []
    return name === undefined ? [] : [{ name, says }]
  })
  expect(rows).toEqual(Object.values(logFields).map(({ name, says }) => ({ name, says })))
  const named = new Set<string>([...Object.values(logFields).map(({ name }) => name)])
  const used = Array.from(page.matchAll(/\brollcall\.[a-z_]+(?:\.[a-z_]+)*/g), ([name]) => name)
  expect(used.filter((name) => !named.has(name))).toEqual([])
})

test('what has no value is left out', () => {
  expect(namedFields({ topic: undefined, partition: null, offset: '' })).toEqual({ 'rollcall.offset': '' })
})
