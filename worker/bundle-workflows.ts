import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const thisFile = fileURLToPath(import.meta.url)
const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url))
/** Some ten times what it is today. */
const MAX_BYTES = 32 * 1024 * 1024

/**
 * The code that Temporal runs in its sandbox. Made by a process of its own, because the bundler keeps more than 100 MB
 * that a worker would carry for its whole life.
 */
export async function bundleWorkflows(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [thisFile], { maxBuffer: MAX_BYTES })
  return stdout
}

if (process.argv[1] === thisFile) {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker')
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })
  process.stdout.write(code)
}
