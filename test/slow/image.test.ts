import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedIn } from '../../stack/as-role.ts'
import { runAsFor } from '../../stack/parts/postgres-account.ts'
import { freePort, HOST } from '../../stack/processes/ports.ts'
import { startProcess } from '../../stack/processes/process.ts'
import { useDeployment } from '../support/deployment/deployment.ts'
import { eventually } from '../support/eventually.ts'
import { logsIn, openFolder } from '../support/parts/own-folder.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))
const whyNot = process.getuid?.() === 0 ? null : 'needs root, to mount folders read-only'
const ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }
/** The user of the image. */
const USER = { uid: 1000, gid: 1000 }

const deployment = useDeployment()
const { folder, close } = openFolder()
afterAll(close)
const image = join(folder, 'image')
const TMPDIR = join(folder, 'tmp')

/** Has what the Dockerfile puts into the image: the files that .dockerignore lets in, and packages of production, pruned. */
function build(): void {
  mkdirSync(image)
  mkdirSync(TMPDIR)
  execFileSync('cp', ['-al', join(project, 'node_modules'), image])
  const { packages } = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>
  }
  for (const [path, { dev }] of Object.entries(packages))
    if (dev === true) rmSync(join(image, path), { recursive: true, force: true })
  const lines = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n')
  for (const path of lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1)))
    cpSync(join(project, path), join(image, path), { recursive: true })
  for (const file of globSync(['**/*.test.ts', '**/*-fixture.ts'], { cwd: image, exclude: ['node_modules'] }))
    rmSync(join(image, file))
  execFileSync('sh', ['docker/prune-packages.sh', ARCHITECTURES[process.arch] ?? process.arch], {
    cwd: image,
  })
  chmodSync(image, 0o755)
}

/** A command that runs as a container of Compose does: a root that nobody can write, an empty folder for temporary files, no capability. */
function contained(args: string[]): [string, string[]] {
  const [command, all] = runAsFor(USER, [process.execPath, image])(process.execPath, args)
  const mounts = [
    'mount --bind "$0" "$0"',
    'mount -o remount,bind,ro "$0"',
    'mount -t tmpfs -o mode=1777 tmpfs "$TMPDIR"',
    'mount -o remount,bind,ro /',
  ]
  const script = `${mounts.join(' && ')} && cd "$0" && exec "$@"`
  return ['unshare', ['--mount', '--propagation', 'private', 'sh', '-c', script, image, command, ...all]]
}
const environmentOf = (role: string) => ({
  ...{ PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', TMPDIR },
  ...signedIn(deployment().environment, role),
})

describe.skipIf(whyNot !== null)(`the image${whyNot === null ? '' : ` (${whyNot})`}`, () => {
  beforeAll(build)

  test('has no package of development, and what it needs of others', () => {
    expect(existsSync(join(image, 'node_modules/typescript'))).toBe(false)
    expect(globSync('node_modules/**/*.map', { cwd: image })).toEqual([])
    expect(globSync('node_modules/@temporalio/core-bridge/releases/*', { cwd: image })).toHaveLength(1)
  })

  test.each([
    ['worker', ['--max-semi-space-size=16', '--heap-growing-percent=70', 'worker/main.ts'], 'WORKER_PORT'],
    ['api', ['api/main.ts'], 'API_PORT'],
  ])('runs the %s on a read-only root, as nobody in particular', async (role, args, setting) => {
    const port = await freePort(0)
    const [command, all] = contained(args)
    const logFile = join(logsIn(folder), `${role}.log`)
    const running = startProcess({
      ...{ name: role, command, args: all, logFile, bookFolder: folder },
      env: { ...environmentOf(role), [setting]: String(port) },
    })
    try {
      await eventually(async () => {
        expect((await fetch(`http://${HOST}:${port}/ready`)).status, readFileSync(logFile, 'utf8')).toBe(200)
      })
      expect(readFileSync(`/proc/${running.pid}/status`, 'utf8')).toMatch(/^Uid:\s+1000\s+1000/m)
      const [probe, probing] = contained(['docker/probe.ts', `http://${HOST}:${port}/ready`])
      execFileSync(probe, probing, { env: environmentOf(role) })
    } finally {
      await running.stop('SIGTERM', 20_000)
    }
    expect(readFileSync(logFile, 'utf8')).not.toMatch(/EROFS|EACCES|EPERM/)
  })

  test.each([['topics'], ['migrate']])('runs %s there', (script) => {
    const [command, all] = contained([`scripts/${script}.ts`])
    execFileSync(command, all, {
      env: environmentOf(script),
      stdio: 'pipe',
    })
  })
})
