import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { settingNames } from '../config/config.ts'
import { settingGroups } from '../config/settings.ts'
import { configurationPage } from './configuration-page.ts'

const file = fileURLToPath(new URL('../docs/configuration.md', import.meta.url))

test('docs/configuration.md describes the settings that the code reads', async () => {
  expect(readFileSync(file, 'utf8'), 'run npm run configuration').toBe(await configurationPage(file))
})

test('every setting is in one group of the page', () => {
  expect(Object.values(settingGroups).flat()).toEqual(settingNames)
})

/** The variables that Compose fills in, each with its default: `${NAME:-default}`. */
const composeDefaults = [
  ...new Set(
    readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'))
      .flatMap((line) =>
        [...line.matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => `${name}=${value}`),
      ),
  ),
]

test('.env.example has every variable that docker-compose.yml reads, with its default', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const variables = example.split('\n').filter((line) => /^\w+=/.test(line))
  expect(variables.toSorted()).toEqual(composeDefaults.toSorted())
})
