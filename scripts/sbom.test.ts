import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { sbomOf } from './sbom.ts'

type Locked = Record<string, { version: string; dev?: boolean; integrity?: string; link?: boolean }>
const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Locked
}
const production = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true)
const nameOf = (path: string) => path.split('node_modules/').at(-1) ?? ''

const sbom = sbomOf()

it('the bill of materials has every package of production, with its hash, and no other', () => {
  const listed = new Set(sbom.components.map(({ name, version }) => `${name}@${version}`))
  expect(listed).toEqual(new Set(production.map(([path, { version }]) => `${nameOf(path)}@${version}`)))
  for (const { name, hashes = [] } of sbom.components)
    expect([name, hashes.map(({ alg }) => alg)]).toEqual([name, ['SHA-512']])
})

it('what it says depends on what is in it', () => {
  const refs = new Set([sbom.metadata.component, ...sbom.components].map((one) => one['bom-ref']))
  expect(new Set(sbom.dependencies.map(({ ref }) => ref))).toEqual(refs)
  for (const { dependsOn } of sbom.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref)
})

it('the same lock file gives the same bill of materials, which names Rollcall', () => {
  expect(sbomOf()).toEqual(sbom)
  expect(sbom.metadata).not.toHaveProperty('timestamp')
  expect(sbom.metadata.component.name).toBe('rollcall')
  expect(sbom.serialNumber).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})

it('every native package of production has a build for both architectures of the image', () => {
  const builds = production.map(([path]) => nameOf(path)).filter((name) => /linux-x64-gnu$/.test(name))
  expect(builds.length).toBeGreaterThan(0)
  const names = new Set(production.map(([path]) => nameOf(path)))
  for (const name of builds) expect([...names]).toContain(name.replace('x64', 'arm64'))
})
