import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflows } from '../worker/bundle-workflows.ts'

const project = fileURLToPath(new URL('..', import.meta.url))
/** All that workflows may import (eslint.config.mjs), and the versions of the packages. */
const SOURCES = ['workflows', 'domain', 'package-lock.json']

/** The file of the bundled workflows in `folder`; bundling takes seconds, so it is done once for the same sources. */
export async function bundleOnce(folder: string): Promise<string> {
  const file = join(folder, `workflows-${await hashOfSources()}.js`)
  if (existsSync(file)) return file
  await mkdir(folder, { recursive: true })
  // Runs side by side may bundle at the same time: each its own, and the last one stays.
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
