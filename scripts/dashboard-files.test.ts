import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dashboardFiles, dashboardFolder } from './dashboard-files.ts'

test('deploy/monitoring/dashboards/ has the boards of dashboards/, and no other', async () => {
  const files = await dashboardFiles()
  for (const [file, text] of files)
    expect(readFileSync(file, 'utf8'), `${file}: run npm run dashboards`).toBe(text)
  const there = readdirSync(dashboardFolder).filter((name) => name.endsWith('.json'))
  expect(there.map((name) => `${dashboardFolder}${name}`).toSorted()).toEqual([...files.keys()].toSorted())
})
