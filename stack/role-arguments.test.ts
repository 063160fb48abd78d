import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { roleArguments } from './role-arguments.ts'

test('a role gets the flags of its npm script, and the full path of its file', () => {
  const given = roleArguments('worker')
  expect(given[0]).toMatch(/^--max-semi-space-size=\d+$/)
  expect(given.at(-1)).toMatch(/^\/.*\/worker\/main\.ts$/)
})

test('a script that is not there is named', () => {
  expect(() => roleArguments('wroker')).toThrow('package.json has no script "wroker" that runs node')
})

test('containers run the worker with the flags of its npm script', () => {
  const flags = roleArguments('worker').filter((arg) => arg.startsWith('-'))
  const written = [...flags, 'worker/main.ts']
  const image = readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8')
  const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8')
  expect(image).toContain(`CMD ${JSON.stringify(['node', ...written]).replaceAll(',', ', ')}`)
  expect(compose).toContain(`command: [node, ${written.join(', ')}]`)
})
