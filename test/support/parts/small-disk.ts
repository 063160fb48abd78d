import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export type SmallDisk = { fill: () => void; free: () => void }

/**
 * Puts a folder, with what it holds, on a disk of its own in memory, until the test ends. Nothing may be running in it.
 * @throws where this process may not mount
 */
export function moveToSmallDisk(folder: string, mebibytes: number): SmallDisk {
  const before = `${folder}.before`
  const holdsFiles = existsSync(folder)
  if (holdsFiles) renameSync(folder, before)
  mkdirSync(folder, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  onTestFinished(() => {
    // Lazily: what still runs in it ends with the test's folder.
    execFileSync('umount', ['--lazy', folder])
  })
  if (holdsFiles) execFileSync('cp', ['-a', `${before}/.`, folder])
  rmSync(before, { recursive: true, force: true })
  const ballast = join(folder, 'ballast')
  return {
    fill: () => {
      writeUntilFull(ballast)
    },
    free: () => {
      rmSync(ballast)
    },
  }
}

function writeUntilFull(file: string): void {
  const descriptor = openSync(file, 'a')
  // Small ones at last, so that nothing is left.
  for (const chunk of [Buffer.alloc(1024 * 1024), Buffer.alloc(4 * 1024)]) {
    try {
      for (;;) writeSync(descriptor, chunk)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  closeSync(descriptor)
}
