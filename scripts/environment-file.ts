import { rmSync, writeFileSync } from 'node:fs'

/**
 * Writes variables into a file that a shell can source. Only this user can read it, because it may hold
 * passwords.
 * @returns a function that removes the file
 */
export function writeEnvironmentFile(file: string, variables: Record<string, string>): () => void {
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  // Removed first, because writing to an existing file keeps its mode.
  rmSync(file, { force: true })
  writeFileSync(file, lines.join(''), { mode: 0o600 })
  return () => {
    rmSync(file, { force: true })
  }
}

/**
 * Quotes a value for a shell. A single quote inside ends the quoting, follows escaped, and begins the quoting
 * again.
 */
const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`
