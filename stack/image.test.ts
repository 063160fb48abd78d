import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filesOf } from '../test/support/sources/imports.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

const templates = 'deploy/helm/rollcall/templates'
const commands = [
  ...['docker-compose.yml', 'Dockerfile'],
  ...readdirSync(`${project}${templates}`).map((file) => `${templates}/${file}`),
].map(read)

/** Scripts that containers run, and the workflows that the image bundles. */
const entries = [
  ...new Set([...commands.join('\n').matchAll(/[\w-]+(?:\/[\w-]+)+\.ts/g)].map(([file]) => file)),
  'workflows/index.ts',
  // docs/audit.md
  'scripts/audit.ts',
]

const allowed = read('.dockerignore')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1))

const isInImage = (file: string) =>
  allowed.some((path) => file === path || file.startsWith(`${path}/`)) && !file.endsWith('-fixture.ts')

test('all that the roles import is in the image', () => {
  expect(entries).toEqual(
    expect.arrayContaining(['worker/main.ts', 'worker/upkeep-main.ts', 'api/main.ts', 'scripts/migrate.ts']),
  )
  const missing = entries.flatMap((entry) =>
    filesOf(project, entry)
      .filter((file) => !isInImage(file))
      .map((file) => `${file}, of ${entry}`),
  )
  expect(missing).toEqual([])
})
