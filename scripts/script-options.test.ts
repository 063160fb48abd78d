import { expect, test } from 'vitest'
import { hasOption } from './script-options.ts'

test('an option behind the two hyphens of npm is given', () => {
  expect(hasOption('tls', ['--tls'], {})).toBe(true)
  expect(hasOption('tls', [], { npm_lifecycle_event: 'stack' })).toBe(false)
})

test('an option that npm kept for itself is not taken for none', () => {
  expect(() => hasOption('tls', [], { npm_lifecycle_event: 'stack', npm_config_tls: 'true' })).toThrow(
    'npm keeps --tls for itself: write npm run stack -- --tls',
  )
})
