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
