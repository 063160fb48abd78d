import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HOST } from '../../stack/processes/ports.ts'
import { blocksOf } from '../support/api/document-blocks.ts'
import { portOf } from '../support/api/graphql-client.ts'
import { createDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { createFeed } from '../support/kafka/feed.ts'
import { ownFolder } from '../support/parts/own-folder.ts'

type Answer = { data: { measures: { points: { logins: number; failures: number }[] } } }

const attemptsIn = ({ data }: Answer): number =>
  data.measures.points.reduce((sum, { logins, failures }) => sum + logins + failures, 0)

test('the documented client follows a question under load through two APIs, one of which is killed: no gap, no step back', async () => {
  const deployment = await createDeployment()
  deployment.start('worker/main.ts')
  const apis = [deployment.start('api/main.ts'), deployment.start('api/main.ts')]
  const urls = await Promise.all(apis.map(async (api) => `http://${HOST}:${await portOf(api)}/graphql`))
  const [program = ''] = blocksOf('docs/live.md', 'js')
  const [document = ''] = blocksOf('docs/live.md', 'graphql')
  const file = join(ownFolder(), 'follow.mjs')
  await writeFile(file, program)
  const refused = deployment.start(relative(project, file), {}, ['subscription { nothing }', ...urls])
  const client = deployment.start(relative(project, file), {}, [document, ...urls])
  const answers = () => client.log().filter((line) => 'data' in line) as Answer[]

  const feed = createFeed(deployment)
  const endFeed = feed.steadily(100)
  const seen = async (more: number) => {
    const before = answers().length
    await eventually(() => {
      expect(answers().length).toBeGreaterThan(before + more)
    })
  }
  await seen(4)
  await apis[0]?.kill()
  const atKill = attemptsIn(answers().at(-1) ?? expect.fail('nothing was shown'))
  await seen(4)
  await endFeed()
  const { sent } = feed.truth.totals()
  await eventually(() => {
    expect(attemptsIn(answers().at(-1) ?? expect.fail())).toBe(sent)
  })
  const totals = answers().map(attemptsIn)
  expect(totals).toEqual(totals.toSorted((a, b) => a - b))
  expect(totals.some((total) => total > atKill)).toBe(true)
  // What is refused is not asked again.
  expect(await refused.exited).toBe(1)
})

const project = fileURLToPath(new URL('../..', import.meta.url))
