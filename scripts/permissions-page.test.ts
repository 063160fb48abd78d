import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { permissionsPage } from './permissions-page.ts'

const file = fileURLToPath(new URL('../docs/permissions.md', import.meta.url))

test('docs/permissions.md has what each role may ask and command', async () => {
  expect(readFileSync(file, 'utf8'), 'run npm run permissions').toBe(await permissionsPage(file))
})
