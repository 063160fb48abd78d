import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const thisFile = fileURLToPath(import.meta.url)
const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url))
/** About ten times the size of today's bundle. */
const MAX_BYTES = 32 * 1024 * 1024

/**
 * Bundles the workflows into the code that Temporal's sandbox runs. A child process does it, because the
 * bundler would keep more than 100 MB of the worker's memory until the worker ends.
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
