import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleOnce } from '../../../scripts/bundle-once.ts'
import { removeAbandonedFolders } from '../../../stack/processes/abandoned-folders.ts'
import { startProcess } from '../../../stack/processes/process.ts'
import { endLeftovers } from '../../../stack/processes/process-book.ts'
import { startStack } from '../../../stack/stack.ts'
import { restartAfterCrash } from '../../../stack/processes/supervisor.ts'
import { openDeployment } from '../../support/deployment/open-deployment.ts'
import { controlOf } from '../../support/parts/part-control.ts'
import type { RunningRole } from './supervised-role.ts'
import { chaosEnvironment, entries, openWorld, type RoleName, type World } from '../world.ts'

const rollcall = fileURLToPath(new URL('../../../.rollcall', import.meta.url))

/** Where the parts and roles of a run write their logs; they stay. */
export const logFolderOf = (seed: number): string => join(rollcall, 'chaos-log', String(seed))

/**
 * Runs `work` on a stack of its own in a new folder. Afterwards, whatever happened, every process that it started has
 * ended and the folder is gone.
 */
export async function withOwnStack<T>(
  seed: number,
  say: (line: string) => void,
  work: (world: World) => Promise<T>,
): Promise<T> {
  removeAbandonedFolders(rollcall, 'chaos-run-')
  const dataFolder = join(rollcall, `chaos-run-${process.pid}`)
  const logFolder = logFolderOf(seed)
  rmSync(logFolder, { recursive: true, force: true })
  mkdirSync(dataFolder, { recursive: true })
  try {
    const stack = await startStack({ dataFolder, logFolder, usualPorts: false, environment: {}, say })
    const guards = [...stack.parts.values()].map((part) => restartAfterCrash(part, say))
    try {
      const deployment = await openDeployment(stack.environment, {
        ...chaosEnvironment,
        WORKFLOW_BUNDLE: await bundleOnce(join(rollcall, 'bundles')),
        NODE_COMPILE_CACHE: join(rollcall, 'compile-cache'),
      })
      const launch = (role: RoleName, environment: Record<string, string>) =>
        startRole(role, { ...deployment.environment, ...environment }, { dataFolder, logFolder })
      const world = await openWorld({ deployment, controlPart: controlOf(stack), launch, say })
      try {
        return await work(world)
      } finally {
        await world.close()
        await deployment.close()
      }
    } finally {
      for (const endGuard of guards) endGuard()
      await stack.stop()
    }
  } finally {
    endLeftovers(dataFolder)
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

function startRole(
  role: RoleName,
  env: Record<string, string>,
  { dataFolder, logFolder }: { dataFolder: string; logFolder: string },
): RunningRole {
  const running = startProcess({
    name: role,
    command: process.execPath,
    args: [join(rollcall, '..', entries[role])],
    env,
    logFile: join(logFolder, `${role.replace(' ', '-')}.log`),
    bookFolder: dataFolder,
  })
  return {
    signal: running.signal,
    kill: () => running.stop('SIGKILL', 0),
    exited: running.exited,
  }
}
