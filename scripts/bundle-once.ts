import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflows } from '../worker/bundle-workflows.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
/** Everything that workflows may import (eslint.config.mjs), and the versions of the packages. */
const SOURCES = ['workflows', 'domain', 'package-lock.json']

/**
 * Bundles the workflows into a file in `folder`, which takes seconds, unless it is there for the same
 * sources.
 * @returns the file
 */
export async function bundleOnce(folder: string): Promise<string> {
  const file = join(folder, `workflows-${await hashOfSources()}.js`)
  if (existsSync(file)) return file
  await mkdir(folder, { recursive: true })
  // Several runs may bundle at the same time: each writes its own part, and the last rename wins.
  const part = `${file}.${process.pid}.part`
  await writeFile(part, await bundleWorkflows())
  await rename(part, file)
  return file
}

async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    const names = source.includes('.') ? [source] : await filesOf(source)
    for (const name of names) hash.update(`${name}\0`).update(await readFile(join(project, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(join(project, folder), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => relative(project, join(parentPath, name))).sort()
}
