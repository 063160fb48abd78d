import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, onTestFinished } from 'vitest'
import { openDeployment, type OpenDeployment } from './open-deployment.ts'
import { startRole, type RoleProcess } from './role-process.ts'
import { signedIn } from '../../../stack/as-role.ts'

/** A Rollcall of its own on the run's parts. */
export type Deployment = Omit<OpenDeployment, 'close'> & {
  /**
   * Starts `node <entry> <args>` with this deployment's environment, and the role of Postgres that is its own; it is killed when the
   * deployment is closed.
   */
  start: (entry: string, extra?: Record<string, string>, args?: string[]) => RoleProcess
}

/**
 * A deployment for one test, closed when the test ends.
 * @param template the database to copy; that of this version by default
 */
export const createDeployment = (
  extra: Record<string, string> = {},
  template?: string,
): Promise<Deployment> => open(extra, onTestFinished, template)

/**
 * A deployment that the tests of a file share, which must not disturb each other.
 * @returns what gives it to a test
 */
export function useDeployment(extra: Record<string, string> = {}): () => Deployment {
  let deployment: Deployment | undefined
  const ends: (() => Promise<void>)[] = []
  beforeAll(async () => {
    deployment = await open(extra, (end) => ends.push(end))
  })
  afterAll(async () => {
    for (const end of ends.reverse()) await end()
  })
  return () => deployment ?? expect.fail('there is no deployment outside a test')
}

/** @param atEnd takes what is to be done in the end, the latest first */
async function open(
  extra: Record<string, string>,
  atEnd: (end: () => Promise<void>) => void,
  template = inject('templateDatabase'),
): Promise<Deployment> {
  const { close, ...deployment } = await openDeployment(inject('stackEnvironment'), extra, template)
  atEnd(close)
  return {
    ...deployment,
    start: (entry, more = {}, args = []) => {
      const environment = { ...signedIn(deployment.environment, entry.split('/')[0] ?? ''), ...more }
      const role = startRole(fileURLToPath(new URL(`../../../${entry}`, import.meta.url)), environment, args)
      atEnd(() => role.kill())
      return role
    },
  }
}
