import { join } from 'node:path'
import { partsFolder } from '../stack.ts'
import { fetchDebian } from './debian-packages.ts'

/** Prometheus and Alertmanager, the exporters of machine and Postgres, and what Prometheus' own page is made of. */
const PACKAGES = [
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-node-exporter',
  'prometheus-postgres-exporter',
  'fonts-glyphicons-halflings',
  'libjs-bootstrap',
  'libjs-bootstrap4',
  'libjs-d3',
  'libjs-eonasdan-bootstrap-datetimepicker',
  'libjs-jquery',
  'libjs-jquery-hotkeys',
  'libjs-moment',
  'libjs-moment-timezone',
  'libjs-mustache',
  'libjs-popper.js',
  'libjs-rickshaw',
]

/** Paths of the programs. */
export type MonitoringPrograms = {
  prometheus: string
  promtool: string
  alertmanager: string
  amtool: string
  nodeExporter: string
  postgresExporter: string
  /** What Debian's builds look for below /usr/share. */
  share: string
}

/**
 * Downloads Prometheus and what goes with it (40 MB), once for this clone.
 * @throws when this machine has no apt, or the packages cannot be fetched
 */
export async function fetchMonitoring(): Promise<MonitoringPrograms> {
  const usr = join(await fetchDebian(partsFolder, PACKAGES), 'usr')
  const program = (name: string) => join(usr, 'bin', name)
  return {
    prometheus: program('prometheus'),
    promtool: program('promtool'),
    alertmanager: program('prometheus-alertmanager'),
    amtool: program('amtool'),
    nodeExporter: program('prometheus-node-exporter'),
    postgresExporter: program('prometheus-postgres-exporter'),
    share: join(usr, 'share'),
  }
}
