import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commitOf, withCheckout } from './checkout.ts'

const rollcall = fileURLToPath(new URL('../../.rollcall', import.meta.url))
const never = new AbortController().signal
const silent = () => undefined
const left = () =>
  existsSync(rollcall) ? readdirSync(rollcall).filter((name) => name.startsWith('against-')) : []

test('a commit that git does not know is refused in one line that says what would do', async () => {
  for (const ref of ['no-such-branch', '', '--all', 'HEAD:package.json'])
    await expect(commitOf(ref)).rejects.toThrow(
      `--against: git knows no commit "${ref}" here; name a branch, a tag or a hash`,
    )
})

test('the code of a commit can be run, and is gone afterwards, also when the work fails', async () => {
  const commit = await commitOf('HEAD')
  const before = left()
  let used = ''
  const working = withCheckout(commit, silent, never, ({ name, folder, node }) => {
    used = folder
    expect(commit.startsWith(name)).toBe(true)
    expect(existsSync(join(folder, 'worker', 'main.ts'))).toBe(true)
    expect(existsSync(node)).toBe(true)
    return Promise.reject(new Error('the drain failed'))
  })
  await expect(working).rejects.toThrow('the drain failed')
  expect(used).not.toBe('')
  expect(existsSync(used)).toBe(false)
  expect(left()).toEqual(before)
})
