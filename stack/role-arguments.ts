import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))

/**
 * Returns the arguments that `npm run <script>` passes to Node, with full paths, so that a role runs with the
 * same flags whoever starts it.
 * @param folder a checkout of the project; this one by default
 * @throws {Error} when package.json has no such script, or the script does not run Node
 */
export function roleArguments(script: string, folder = project): string[] {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const words = scripts[script]?.split(' ') ?? []
  const [command, ...args] = words[0] === 'exec' ? words.slice(1) : words
  if (command !== 'node') throw new Error(`package.json has no script "${script}" that runs node`)
  return args.map((arg) => (arg.startsWith('-') ? arg : join(folder, arg)))
}
