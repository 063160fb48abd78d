import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { alertFiles } from './alert-files.ts'

test('docs/alerts.md and the files of deploy/monitoring/ have the rules of alerts/', async () => {
  for (const [file, text] of await alertFiles())
    expect(readFileSync(file, 'utf8'), `${file}: run npm run alerts`).toBe(text)
})
