import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const file = readFileSync(new URL('../docker-compose.observability.yml', import.meta.url), 'utf8')
const all = (pattern: RegExp): string[] => [...file.matchAll(pattern)].map(([, found]) => found ?? '')

test('docker-compose.observability.yml pins its images, publishes on loopback, and has no password', () => {
  const images = all(/image: (.+)/g)
  expect(images.length).toBeGreaterThan(4)
  for (const image of images) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/)
  const ports = all(/ports: \['(.+)'\]/g)
  expect(ports.length).toBe(3)
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  expect(all(/^.*(?:PASS|TOKEN|SECRET)\w*: (?!\/run\/secrets\/)(.+)$/gim)).toEqual([])
})

test('every file that docker-compose.observability.yml mounts is there', () => {
  for (const path of all(/- \.\/(deploy\/[\w./-]+):/g))
    expect(() => readFileSync(new URL(`../${path}`, import.meta.url)), path).not.toThrow('ENOENT')
})
