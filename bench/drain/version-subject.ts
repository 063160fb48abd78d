import { roleArguments } from '../../stack/role-arguments.ts'
import type { BenchStack } from '../bench-stack.ts'
import type { Input } from '../program.ts'
import type { Checkout } from './checkout.ts'
import { lastLines } from './drain.ts'
import { endWorkflows } from './end-workflows.ts'
import { createSubject, subjectEnvironment, type Subject } from './subject.ts'

/** Longer than a migration of an empty database ever takes. */
const MIGRATE_TIMEOUT_MS = 120_000

/**
 * Creates the code of a commit as a subject, by what all commits have in common: `npm run migrate`, `npm run
 * worker` and `npm run api`, which find everything by environment variables. Its tables are not known, so only its outputs
 * are verified.
 */
export async function createVersion(
  stack: BenchStack,
  input: Input,
  { name, folder, node }: Checkout,
): Promise<Subject> {
  const environment = subjectEnvironment(stack, name, input)
  const launch = (role: string, script: string, own: Record<string, string> = {}) =>
    stack.launch(role, roleArguments(script, folder), { ...environment, ...own }, node)
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
    launchApi: (port) => launch('api', 'api', { API_PORT: String(port) }),
    cleanUp: (config) => endWorkflows(config),
  })
}
