import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { bundleOnce } from '../../scripts/bundle-once.ts'
import { removeAbandonedFolders } from '../../stack/processes/abandoned-folders.ts'
import { startStack } from '../../stack/stack.ts'
import { serveStackControl } from './parts/stack-control-server.ts'
import { createTemplate } from './parts/template-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Variables that find the parts of this run. */
    stackEnvironment: Record<string, string>
    /** The primary and the replica; their user may create databases. */
    databaseUrl: string
    replicaUrl: string
    /** A database with the tables of this version, to be copied: in a fraction of the time that they take to make. */
    templateDatabase: string
    /** Removed when the run ends, or by the next run if this one is killed. */
    runFolder: string
    /** Web UI of Temporal. */
    temporalUi: string
    /** The broker's log directory. */
    kafkaLogFolder: string
    /** Where stack-control.ts stops and starts the parts. */
    controlUrl: string
  }
}

/** One set of real parts for the run, on free ports, with data that goes away with it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const rollcall = fileURLToPath(new URL('../../.rollcall', import.meta.url))
  removeAbandonedFolders(rollcall, 'test-')
  mkdirSync(rollcall, { recursive: true })
  const dataFolder = mkdtempSync(join(rollcall, 'test-'))
  // Postgres runs as another user when this one is root, and has to get in.
  chmodSync(dataFolder, 0o755)
  const stack = await startStack({
    dataFolder,
    logFolder: join(dataFolder, 'log'),
    usualPorts: false,
    // Tests kill parts, not the machine.
    isDurable: false,
    // The run must not touch parts that the environment names.
    environment: {},
    say: (line) => {
      console.log(line)
    },
  })
  const control = await serveStackControl(stack)
  project.provide('stackEnvironment', {
    ...stack.environment,
    // Every worker would bundle the workflows for itself, and every process compile the same modules.
    WORKFLOW_BUNDLE: await bundleOnce(join(rollcall, 'bundles')),
    NODE_COMPILE_CACHE: join(rollcall, 'compile-cache'),
  })
  const databaseUrl = stack.environment['DATABASE_URL'] ?? ''
  project.provide('databaseUrl', databaseUrl)
  project.provide('templateDatabase', await createTemplate(databaseUrl))
  project.provide('replicaUrl', stack.environment['DATABASE_REPLICA_URLS'] ?? '')
  project.provide('runFolder', dataFolder)
  project.provide('temporalUi', stack.temporalUi ?? '')
  project.provide('kafkaLogFolder', join(dataFolder, 'kafka', 'log'))
  project.provide('controlUrl', control.url)
  return async () => {
    control.close()
    await stack.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
