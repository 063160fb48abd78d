import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const folder = new URL('..', import.meta.url)

async function sources(): Promise<Map<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name))
  const texts = names.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')] as const)
  return new Map(await Promise.all(texts))
}

/** A statement's comment: the name of its function, and which of its statements it is. */
const NAME = /\/\* (\w+)(?:: [\w -]+)? \*\//g
/** The same of one that is read in binary, as the name of its cursor. */
const CURSOR = /readBinary(?:<[^`;]*?>)?\(\s*\w+,\s*'(\w+)'/g
const DECLARATION = /^(?:export )?(?:async )?(?:function|const) (\w+)/gm
/** The beginning of a statement that is written where it is sent. */
const STATEMENT = /await (?:sql|tx|pool)(?:\.unsafe)?(?:<[^`;]*?>)?(?:\(\s*)?`\s*(.{0,60})/g

const found = (text: string, pattern: RegExp): string[] =>
  Array.from(text.matchAll(pattern), ([, name = '']) => name)

test('the name in a comment of a statement, or of its cursor, is that of one function, which is in the same file', async () => {
  const texts = await sources()
  const filesOf = Map.groupBy(
    [...texts].flatMap(([file, text]) => found(text, DECLARATION).map((name) => ({ name, file }))),
    ({ name }) => name,
  )
  const strays = [...texts].flatMap(([file, text]) =>
    [...found(text, NAME), ...found(text, CURSOR)]
      .filter(
        (name) =>
          filesOf
            .get(name)
            ?.map((one) => one.file)
            .join() !== file,
      )
      .map((name) => `${file}: ${name}`),
  )
  expect(strays).toEqual([])
})

test('every statement begins with such a comment', async () => {
  const statements = [...(await sources())].flatMap(([file, text]) =>
    found(text, STATEMENT).map((beginning) => ({ file, beginning })),
  )
  expect(statements.length).toBeGreaterThan(100)
  expect(statements.filter(({ beginning }) => !/^\/\* \w/.test(beginning))).toEqual([])
})
