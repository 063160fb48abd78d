import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HOST } from '../processes/ports.ts'
import { startProcess } from '../processes/process.ts'
import { untilReady } from '../processes/until-ready.ts'
import type { MonitoringPrograms } from './monitoring-programs.ts'
import { createPart, type Part, START_TIMEOUT_MS } from './part.ts'

type Options = {
  programs: MonitoringPrograms
  dataFolder: string
  logFolder: string
  port: number
}

/**
 * Prometheus on loopback.
 * @param configuration path of its configuration
 * @param resendMs after how long it tells Alertmanager again what fires
 */
export const createPrometheusPart = (
  { programs, ...options }: Options,
  configuration: string,
  resendMs = 60_000,
): Part =>
  createServerPart('prometheus', options, programs.prometheus, (data, address) => [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=${address}`,
    `--web.local-assets=${join(programs.share, 'prometheus/web')}`,
    `--rules.alert.resend-delay=${resendMs}ms`,
    '--enable-feature=expand-external-labels',
  ])

/** Alertmanager on loopback. @param configuration path of its configuration */
export const createAlertmanagerPart = ({ programs, ...options }: Options, configuration: string): Part =>
  createServerPart(
    'alertmanager',
    options,
    programs.alertmanager,
    (data, address) => [
      `--config.file=${configuration}`,
      `--storage.path=${data}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    programs.share,
  )

/** The exporter of what the machine has, on loopback. */
export const createNodeExporterPart = ({ programs, ...options }: Options): Part =>
  createServerPart('node-exporter', options, programs.nodeExporter, (_, address) => [
    `--web.listen-address=${address}`,
  ])

function createServerPart(
  name: string,
  { dataFolder, logFolder, port }: Omit<Options, 'programs'>,
  program: string,
  argumentsOf: (data: string, address: string) => string[],
  share?: string,
): Part {
  const logFile = join(logFolder, `${name}.log`)
  const data = join(dataFolder, name)
  return createPart(
    name,
    async () => {
      mkdirSync(data, { recursive: true })
      const [command, args] = within(share, program, argumentsOf(data, `${HOST}:${port}`))
      const running = startProcess({ name, command, args, logFile, bookFolder: dataFolder })
      const path = name === 'node-exporter' ? '' : '-/ready'
      await untilReady(running, logFile, START_TIMEOUT_MS, async () => {
        const response = await fetch(`http://${HOST}:${port}/${path}`)
        if (!response.ok) throw new Error(`it answers ${response.status}`)
      })
      return running
    },
    'SIGTERM',
  )
}

/** Debian's Alertmanager reads a template here, wherever it is itself. */
const TEMPLATE = '/usr/share/prometheus/alertmanager/default.tmpl'

/** The command that runs a program which finds `share` as its /usr/share, in a mount namespace of its own, unless it is installed. */
function within(share: string | undefined, program: string, args: string[]): [string, string[]] {
  if (share === undefined || existsSync(TEMPLATE)) return [program, args]
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const script = 'mount --bind "$0" /usr/share && exec "$@"'
  return ['unshare', [...asRoot, '--mount', 'sh', '-c', script, share, program, ...args]]
}
