import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { downloadJars } from '../../../stack/parts/downloads.ts'
import { signalTree } from '../../../stack/processes/process-group.ts'
import { writeDown } from '../../../stack/processes/process.ts'
import { partsFolder } from '../../../stack/stack.ts'
import type { BenchStack } from '../../bench-stack.ts'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
const JAVA_RELEASE = 17
const JAVAC_TIMEOUT_MS = 120_000

/**
 * Says what is wrong with a Java compiler. Null: nothing.
 * @param version what `javac -version` prints; null: there is none
 */
export function compilerProblem(version: string | null): string | null {
  const major = version === null ? null : Number(/javac (?:1\.)?(\d+)/.exec(version)?.[1] ?? 0)
  if (major !== null && major >= JAVA_RELEASE) return null
  const found = major === null ? 'none found; a Java runtime has none' : `found ${major}`
  return (
    `--flink needs javac, the compiler of a JDK ${JAVA_RELEASE} (${found}): ` +
    `apt install openjdk-${JAVA_RELEASE}-jdk-headless, brew install openjdk@${JAVA_RELEASE}`
  )
}

/** @throws {Error} in one line, when this machine cannot compile the program */
export async function requireCompiler(): Promise<void> {
  const version = await run('javac', ['-version']).then(
    // Before Java 9 it went to standard error.
    ({ stdout, stderr }) => stdout + stderr,
    () => null,
  )
  const problem = compilerProblem(version)
  if (problem !== null) throw new Error(problem)
}

/**
 * Fetches Flink, unless it is there, and compiles LoginPipeline.java.
 * @returns the arguments with which `java` runs it
 */
export async function prepareFlink(stack: BenchStack): Promise<string[]> {
  const flink = { name: 'Flink', pom: here('./flink-pom.xml') }
  try {
    const jars = await downloadJars(partsFolder, flink, stack.say, (maven) => {
      writeDown(stack.dataFolder, maven)
      const { pid } = maven
      if (pid !== undefined)
        stack.stop.addEventListener('abort', () => {
          signalTree(pid, 'SIGKILL')
        })
    })
    return await compile(stack, join(jars, '*'))
  } catch (error) {
    // A download or compiler that was told to stop has not failed.
    stack.stop.throwIfAborted()
    throw error
  }
}

async function compile({ dataFolder, stop }: BenchStack, jars: string): Promise<string[]> {
  const classes = join(dataFolder, 'flink-classes')
  mkdirSync(classes)
  const target = ['--release', String(JAVA_RELEASE), '-d', classes, '-cp', jars]
  const options = { signal: stop, timeout: JAVAC_TIMEOUT_MS }
  const compiling = run('javac', [...target, here('./LoginPipeline.java')], options)
  writeDown(dataFolder, compiling.child)
  await compiling
  return [
    ...['-Xms1g', '-Xmx2g'],
    // What Flink's own start scripts open for its serialization.
    ...['util', 'lang', 'time'].map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`),
    `-Dlog4j2.configurationFile=${here('./flink-log.properties')}`,
    ...['-cp', [classes, jars].join(delimiter), 'LoginPipeline'],
  ]
}

const run = promisify(execFile)
