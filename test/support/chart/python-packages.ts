import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'

/** Null: Python packages can be fetched here. */
export function whyNoPython(): string | null {
  try {
    const check = 'import sys; assert sys.version_info >= (3, 10); import pip'
    execFileSync('python3', ['-c', check], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs Python 3.10 with pip'
  }
}

/** Fetches wheels from PyPI into a folder of their own, once. Returns the folder, which PYTHONPATH takes. */
export const pythonPackages = async (first: string, ...others: string[]): Promise<string> =>
  await once(join(partsFolder, first.replace('==', '-')), async (target) => {
    const options = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:', '--target', target]
    await promisify(execFile)('python3', ['-m', 'pip', 'install', ...options, first, ...others])
  })

/** Runs a script of this folder, which reads JSON from its standard input and prints JSON. */
export function askPython(script: string, folder: string, args: string[], input: unknown): unknown {
  const output = execFileSync('python3', [join(import.meta.dirname, script), ...args], {
    env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
    input: JSON.stringify(input),
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(output.toString()) as unknown
}
