import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { errorsPage } from './errors-page.ts'

const file = fileURLToPath(new URL('../docs/errors.md', import.meta.url))

test('docs/errors.md lists the codes that the API gives', async () => {
  expect(readFileSync(file, 'utf8'), 'run npm run errors').toBe(await errorsPage(file))
})
