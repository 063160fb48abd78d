import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from './downloads.ts'

const run = promisify(execFile)

/** Says why this machine cannot download Debian packages. Null: it can. */
export const whyNoDebianPackages = (): string | null =>
  spawnSync('apt-get', ['--version']).status === 0 && spawnSync('dpkg', ['--version']).status === 0
    ? null
    : 'needs apt-get and dpkg, as on Debian or Ubuntu'

/**
 * Downloads Debian packages and unpacks them into a folder without installing them: no service starts, and
 * nothing else changes. Name every package that a program needs beyond the base system.
 * @returns the folder, in which paths are as below /
 */
export async function fetchDebian(partsFolder: string, names: readonly string[]): Promise<string> {
  const id = createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 8)
  return await once(join(partsFolder, `debian-${names[0] ?? ''}-${id}`), async (folder) => {
    // apt downloads as a user of its own, which may not be allowed into the project's folder.
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
