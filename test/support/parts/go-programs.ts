import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { once } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'

/** Of the Go that the programs need; an older one fetches it. */
const TOOLCHAIN = 'go1.27.3'
const OUTPUT_BYTES = 16 * 1024 * 1024
const run = promisify(execFile)

/** Go compiles some thousand packages, on whatever else the machine does. */
export const BUILD_TIMEOUT_MS = 45 * 60_000

/** Null: programs in Go can be built here. */
export function whyNoGo(): string | null {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return null
  } catch {
    return 'needs Go'
  }
}

/**
 * Builds a program once, which takes minutes. Returns the folder that it is in.
 * @param name with its version
 * @param build puts the program into `target`, by a Go that keeps what it needs for that in a folder of its own
 */
const buildOnce = (
  name: string,
  build: (target: string, env: NodeJS.ProcessEnv) => Promise<void>,
): Promise<string> =>
  once(join(partsFolder, name), async (target) => {
    const path = join(target, 'go')
    const env = {
      ...process.env,
      ...{ GOTOOLCHAIN: TOOLCHAIN, GOBIN: target, GOPATH: path, GOCACHE: join(path, 'cache') },
    }
    await build(target, env)
    // Go keeps its modules read-only.
    await run('go', ['clean', '-modcache'], { env })
    rmSync(path, { recursive: true, force: true })
  })

/** Builds the program of a package of a module, such as `go.temporal.io/server/cmd/server`. Returns its folder. */
export const goInstall = (name: string, path: string, version: string): Promise<string> =>
  buildOnce(`${name}-${version}`, async (_, env) => {
    await run('go', ['install', `${path}@${version}`], { env, maxBuffer: OUTPUT_BYTES })
  })

const manifest = fileURLToPath(new URL('./collector-build.yaml', import.meta.url))

/** Builds the OpenTelemetry Collector with what deploy/logging/collector.yaml needs. Returns its program. */
export const buildCollector = async (): Promise<string> => {
  const text = readFileSync(manifest, 'utf8')
  const version = `v${/version: (\S+)/.exec(text)?.[1] ?? ''}`
  const contents = createHash('sha256').update(text).digest('hex').slice(0, 8)
  const folder = await buildOnce(`collector-${version}-${contents}`, async (target, env) => {
    const built = join(target, 'built')
    const own = join(target, 'build.yaml')
    writeFileSync(own, text.replace('dist:\n', `dist:\n  output_path: ${built}\n`))
    await run('go', ['install', `go.opentelemetry.io/collector/cmd/builder@${version}`], {
      env,
      maxBuffer: OUTPUT_BYTES,
    })
    await run(join(target, 'builder'), ['--config', own], { env, maxBuffer: OUTPUT_BYTES })
    renameSync(join(built, 'collector'), join(target, 'collector'))
    for (const name of [built, own, join(target, 'builder')]) rmSync(name, { recursive: true })
  })
  return join(folder, 'collector')
}
