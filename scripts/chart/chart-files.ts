import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { productVersion } from '../../config/product-version.ts'
import { generatedPage } from '../generated-page.ts'
import { chartSettings } from './chart-settings.ts'
import { valuesSchema } from './values-schema.ts'

const project = fileURLToPath(new URL('../../', import.meta.url))
const monitoring = `${project}deploy/monitoring`
export const chartFolder = `${project}deploy/helm/rollcall`

/** The files of the chart that `npm run chart` makes, by their path in it. Helm reads no file outside its folder. */
export async function chartFiles(): Promise<Record<string, string>> {
  const readers = Object.fromEntries(chartSettings().map(({ name, readers }) => [name, readers]))
  const made = {
    'values.schema.json': valuesSchema(),
    'files/settings.json': JSON.stringify(readers),
  }
  const formatted = Object.entries(made).map(
    async ([file, text]) => [file, await generatedPage(`${chartFolder}/${file}`, [text])] as const,
  )
  return {
    ...Object.fromEntries(await Promise.all(formatted)),
    'files/rollcall-alerts.yml': readFileSync(`${monitoring}/rollcall-alerts.yml`, 'utf8'),
    ...dashboards(),
    'Chart.yaml': chart(),
  }
}

function dashboards(): Record<string, string> {
  const folder = `${monitoring}/dashboards`
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return Object.fromEntries(
    names.map((name) => [`files/dashboards/${name}`, readFileSync(`${folder}/${name}`, 'utf8')]),
  )
}

/** With the version of Rollcall, which is the tag of its image. */
const chart = (): string =>
  readFileSync(`${chartFolder}/Chart.yaml`, 'utf8').replace(
    /^appVersion: .*$/m,
    `appVersion: '${productVersion()}'`,
  )
