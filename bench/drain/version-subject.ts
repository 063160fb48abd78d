import { roleArguments } from '../../stack/role-arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Checkout } from './checkout.ts'
import { lastLines } from './drain.ts'
import { endWorkflows } from './end-workflows.ts'
import { createSubject, subjectEnvironment, type Subject } from './subject.ts'

/** Longer than a migration of an empty database ever takes. */
const MIGRATE_TIMEOUT_MS = 120_000

/**
 * Creates the code of a commit as a subject, by what all commits have in common: `npm run migrate` and `npm
 * run worker`, which find everything by environment variables. Its tables are not known, so only its outputs
 * are verified.
 */
export async function createVersion(
  stack: BenchStack,
  topic: string,
  { name, folder, node }: Checkout,
): Promise<Subject> {
  const environment = subjectEnvironment(stack, name, topic)
  const launch = (role: string, script: string) =>
    stack.launch(role, roleArguments(script, folder), environment, node)
  return await createSubject(stack, environment, {
    name,
    prepare: async () => {
      const running = launch(`migrate-${name}`, 'migrate')
      const killing = setTimeout(() => {
        running.signal('SIGKILL')
      }, MIGRATE_TIMEOUT_MS)
      const how = await running.exited
      clearTimeout(killing)
      if (how !== 'exit code 0')
        throw new Error(`${running.name} ended (${how}): ${await lastLines(stack, running)}`)
    },
    launch: () => launch(name, 'worker'),
    cleanUp: (config) => endWorkflows(config),
  })
}
