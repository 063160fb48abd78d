import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { temporalDownload } from './downloads.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const [compose, dockerfile, pom, kafkaPart] = [
  'docker-compose.yml',
  'Dockerfile',
  'stack/parts/kafka-pom.xml',
  'stack/parts/kafka.ts',
].map(read) as [string, string, string, string]
const product = JSON.parse(read('package.json')) as {
  version: string
  scripts: { worker: string }
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

/** All that a pattern's group finds, each once. */
const found = (text: string, pattern: RegExp) => [
  ...new Set(Array.from(text.matchAll(pattern), ([, one]) => one)),
]
const images = (name: string) => found(compose, new RegExp(`image: ${name}:(\\S+)`, 'g'))

it('containers have the versions of the local stack', () => {
  expect(images('apache/kafka')).toEqual([/<version>(.+?)</.exec(pom)?.[1]])
  expect(found(pom, /<artifactId>kafka.*<\/artifactId>\s*<version>(.+?)</g)).toEqual(images('apache/kafka'))
  const postgres = Object.values(product.optionalDependencies)
  expect(new Set(postgres.map((version) => version.split('.').slice(0, 2).join('.')))).toEqual(
    new Set(images('postgres')),
  )
  expect(images('temporalio/server')).toEqual([temporalDownload.server])
  expect(images('temporalio/admin-tools')).toEqual([temporalDownload.server])
  expect(images('temporalio/ui')).toEqual([temporalDownload.webUi])
})

it('containers run the Node.js and the version of package.json', () => {
  expect(found(dockerfile, /^FROM (?:--platform=\S+ )?node:([\d.]+)-/gm)).toEqual([
    product.devDependencies['node'],
  ])
  expect(found(dockerfile, /image.base.name="\S+:([\d.]+)-/g)).toEqual([product.devDependencies['node']])
  expect(found(dockerfile, /image.version="(\S+)"/g)).toEqual([product.version])
  expect(images('rollcall')).toEqual([product.version])
})

it('a worker has the same memory settings everywhere', () => {
  const flags = product.scripts.worker.match(/--\S+=\d+/g)
  expect(flags).toHaveLength(2)
  for (const text of [dockerfile, compose])
    expect(text.split('\n').find((line) => line.includes('worker/main.ts') && line.includes('--'))).toMatch(
      new RegExp((flags ?? []).join('.*')),
    )
})

it('a broker takes messages of the same size everywhere', () => {
  const [factors = ''] = /(?<='message.max.bytes': )[\d *]+/.exec(kafkaPart) ?? []
  const bytes = factors.split('*').reduce((product, factor) => product * Number(factor), 1)
  expect(found(compose, /KAFKA_MESSAGE_MAX_BYTES: (\d+)/g)).toEqual([String(bytes)])
})
