import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createPseudonym } from '../api/context/masks.ts'

const script = fileURLToPath(new URL('audit.ts', import.meta.url))
const KEY = 'a key of thirty-two characters and more'

const pseudonymOf = async (args: string[], env: Record<string, string> = { PSEUDONYM_KEY: KEY }) =>
  (await promisify(execFile)(process.execPath, [script, 'pseudonym', ...args], { env })).stdout.trim()

it('tells what the audit and masked answers call somebody', async () => {
  const pseudonym = createPseudonym(KEY)
  expect(await pseudonymOf(['user', 'ann'])).toBe(pseudonym('user', 'ann'))
  expect(await pseudonymOf(['address', '::FFFF:192.0.2.1'])).toBe(pseudonym('address', '192.0.2.1'))
})

it('says what it lacks', async () => {
  await expect(pseudonymOf(['user', 'ann'], {})).rejects.toThrow('set PSEUDONYM_KEY or PSEUDONYM_KEY_FILE')
  await expect(pseudonymOf(['person', 'ann'])).rejects.toThrow('where KIND is user, device, address')
  await expect(pseudonymOf(['address', 'home'])).rejects.toThrow('"home" is not an IP address')
})
