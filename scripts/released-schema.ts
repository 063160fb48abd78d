import { readFile, writeFile } from 'node:fs/promises'
import semver from 'semver'
import { deprecationProblems, type SchemaChanges } from './schema-changes.ts'

const file = new URL('../docs/schema/released.graphql', import.meta.url)
const packageFile = new URL('../package.json', import.meta.url)

/** The schema that clients rely on, and the version that it was released with. */
export type ReleasedSchema = { version: string; sdl: string }

export async function readReleasedSchema(): Promise<ReleasedSchema> {
  const sdl = await readFile(file, 'utf8')
  const version = /^# Rollcall (\S+)/.exec(sdl)?.[1]
  if (version === undefined) throw new Error('docs/schema/released.graphql must begin with its version')
  return { version, sdl }
}

export async function writeReleasedSchema({ version, sdl }: ReleasedSchema): Promise<void> {
  await writeFile(
    file,
    `# Rollcall ${version}\n# Written by npm run schema -- --baseline (CONTRIBUTING.md).\n\n${sdl}`,
  )
}

export async function packageVersion(): Promise<string> {
  return (JSON.parse(await readFile(packageFile, 'utf8')) as { version: string }).version
}

/**
 * Why a schema may not become the released one; null if it may. Before 1.0 nothing is promised, and a new major
 * version may break: then the changelog says what.
 */
export function baselineRefusal(
  released: ReleasedSchema,
  next: ReleasedSchema,
  { breaks }: SchemaChanges,
  today: string,
): string | null {
  const mayBreak =
    semver.major(next.version) === 0 || semver.major(next.version) > semver.major(released.version)
  if (breaks.length > 0 && !mayBreak)
    return (
      `version ${next.version} may not break what ${released.version} promised: deprecate it first, or raise the major version in ` +
      'package.json'
    )
  const problems = deprecationProblems(released.sdl, next.sdl, today)
  return problems.length === 0 ? null : problems.join('\n')
}
