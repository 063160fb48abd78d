import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Files of the project that a file is made of: itself, and what it imports by a relative path, and so on. */
export function filesOf(project: string, entry: string): string[] {
  const found = new Set<string>()
  const waiting = [entry]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || !existsSync(join(project, file))) continue
    found.add(file)
    const imports = readFileSync(join(project, file), 'utf8').matchAll(/(?:from|import\(?) ?'(\.[^']+)'/g)
    for (const [, target = ''] of imports) waiting.push(join(dirname(file), target))
  }
  return [...found].sort()
}
