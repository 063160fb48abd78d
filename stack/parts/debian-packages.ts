import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from './downloads.ts'

const run = promisify(execFile)

/** Why packages of Debian cannot be had on this machine; null when they can. */
export const whyNoDebianPackages = (): string | null =>
  spawnSync('apt-get', ['--version']).status === 0 && spawnSync('dpkg', ['--version']).status === 0
    ? null
    : 'needs apt-get and dpkg, as on Debian or Ubuntu'

/**
 * Packages of Debian, unpacked into a folder and not installed: no service starts, and nothing else changes. Name all that a
 * program needs beyond the base system.
 * @returns the folder, which stands for /
 */
export async function fetchDebian(partsFolder: string, names: readonly string[]): Promise<string> {
  const id = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 8)
  return await once(join(partsFolder, `debian-${names[0] ?? ''}-${id}`), async (folder) => {
    // apt downloads as a user of its own, which may not be let into a project's folder.
    const downloads = mkdtempSync(join(tmpdir(), 'rollcall-debian-'))
    chmodSync(downloads, 0o777)
    try {
      await run('apt-get', ['download', ...names], { cwd: downloads })
      for (const file of readdirSync(downloads)) await run('dpkg', ['-x', join(downloads, file), folder])
      chmodSync(folder, 0o755)
    } finally {
      rmSync(downloads, { recursive: true, force: true })
    }
  })
}
