import { fileURLToPath } from 'node:url'
import { inject, onTestFinished } from 'vitest'
import { openDeployment, type OpenDeployment } from './open-deployment.ts'
import { startRole, type RoleProcess } from './role-process.ts'

/** A Rollcall of its own on the run's parts, closed when the test ends. */
export type Deployment = Omit<OpenDeployment, 'close'> & {
  /** Starts `node <entry> <args>` with this deployment's environment; it is killed when the test ends. */
  start: (entry: string, extra?: Record<string, string>, args?: string[]) => RoleProcess
}

export async function createDeployment(extra: Record<string, string> = {}): Promise<Deployment> {
  const { close, ...deployment } = await openDeployment(
    inject('stackEnvironment'),
    extra,
    inject('templateDatabase'),
  )
  onTestFinished(close)
  return {
    ...deployment,
    start: (entry, more = {}, args = []) => {
      const environment = { ...deployment.environment, ...more }
      const role = startRole(fileURLToPath(new URL(`../../../${entry}`, import.meta.url)), environment, args)
      onTestFinished(() => role.kill())
      return role
    },
  }
}
