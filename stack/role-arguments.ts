import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const project = new URL('..', import.meta.url)

/**
 * What `npm run <script>` gives to Node, with full paths: a role runs with the same flags whoever starts it.
 * @throws {Error} when package.json has no such script, or it is not one of Node
 */
export function roleArguments(script: string): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('package.json', project), 'utf8')) as {
    scripts: Record<string, string>
  }
  const [exec, command, ...args] = scripts[script]?.split(' ') ?? []
  if (exec !== 'exec' || command !== 'node')
    throw new Error(`package.json has no script "${script}" that runs node`)
  return args.map((arg) => (arg.startsWith('-') ? arg : fileURLToPath(new URL(arg, project))))
}
