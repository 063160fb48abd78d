import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT_BYTES = 64 * 1024 * 1024

type Component = {
  'bom-ref': string
  name: string
  version: string
  hashes?: { alg: string; content: string }[]
}
type Dependency = { ref: string; dependsOn: string[] }
type Document = {
  serialNumber: string
  metadata: { lifecycles: object[]; component: Component }
  components: Component[]
  dependencies: Dependency[]
}

/**
 * The bill of materials of the packages that are installed for production, on whatever platform, from package-lock.json alone: CycloneDX 1.5
 * as npm writes it, without what differs from one run to the next, so that the same lock file gives the same document.
 * https://cyclonedx.org/docs/1.5/json/
 */
export function sbomOf(): Document {
  // With `--omit dev` npm 11 also leaves out what packages of development need, too.
  const options = ['--sbom-format', 'cyclonedx', '--package-lock-only']
  const written = execFileSync('npm', ['sbom', ...options], {
    ...{ cwd: project, encoding: 'utf8', maxBuffer: OUTPUT_BYTES },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const { metadata, components, dependencies, ...rest } = JSON.parse(written) as Document
  const { lifecycles, component } = metadata
  const kept = components.filter(isOfProduction())
  const refs = new Set([component, ...kept].map((one) => one['bom-ref']))
  const same = {
    ...rest,
    serialNumber: '',
    // npm names a project after its folder.
    metadata: { lifecycles, component: { ...component, name: 'rollcall' } },
    components: kept,
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
  }
  return { ...same, serialNumber: `urn:uuid:${uuidOf(JSON.stringify(same))}` }
}

function isOfProduction(): (component: Component) => boolean {
  const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; dev?: boolean }>
  }
  const installed = new Set(
    Object.entries(lock.packages)
      .filter(([, { dev }]) => dev !== true)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1) ?? ''}@${version}`),
  )
  return ({ name, version }) => installed.has(`${name}@${version}`)
}

/** A UUID of version 8 (RFC 9562, section 5.8) that a text alone determines. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
