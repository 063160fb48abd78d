import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchSources } from './watch-sources.ts'

test('a source of a folder below that is written, new or removed is told by its path; tests and editors are not', async () => {
  const project = mkdtempSync(join(tmpdir(), 'rollcall-watch-'))
  const room = join(project, 'domain', 'room')
  mkdirSync(room, { recursive: true })
  mkdirSync(join(project, 'api'))
  writeFileSync(join(room, 'old.ts'), '')
  const told = new Set<string>()
  const end = watchSources(project, ['domain', 'api'], (files) => {
    for (const file of files) told.add(file)
    return Promise.resolve()
  })
  onTestFinished(() => {
    end()
    rmSync(project, { recursive: true, force: true })
  })
  for (const name of ['a.test.ts', 'a.ts~', '.a.ts.swp', 'notes.md']) writeFileSync(join(room, name), '')
  writeFileSync(join(room, 'new.ts'), '')
  rmSync(join(room, 'old.ts'))
  writeFileSync(join(project, 'api', 'main.ts'), '')
  const expected = ['api/main.ts', 'domain/room/new.ts', 'domain/room/old.ts']
  await expect.poll(() => [...told].sort(), { timeout: 30_000 }).toEqual(expected)
})

test('changes are told one after the other, never at once', async () => {
  const project = mkdtempSync(join(tmpdir(), 'rollcall-watch-'))
  mkdirSync(join(project, 'api'))
  const { promise: first, resolve: begun } = Promise.withResolvers<undefined>()
  const { promise: gate, resolve: open } = Promise.withResolvers<undefined>()
  const told: string[] = []
  const end = watchSources(project, ['api'], async (files) => {
    told.push(`begin ${files.join()}`)
    begun(undefined)
    await gate
    told.push(`end ${files.join()}`)
  })
  onTestFinished(() => {
    end()
    rmSync(project, { recursive: true, force: true })
  })
  writeFileSync(join(project, 'api', 'a.ts'), '')
  await first
  writeFileSync(join(project, 'api', 'b.ts'), '')
  // The watcher hears of it long before the first change is done with.
  setTimeout(open, 500, undefined)
  const expected = ['begin api/a.ts', 'end api/a.ts', 'begin api/b.ts', 'end api/b.ts']
  await expect.poll(() => told, { timeout: 30_000 }).toEqual(expected)
})
