import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { once } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'

const VERSION = '26.7.3'
const SHA_256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f'
/** Its own choice is a heap of 512 MB and the collector for large ones. */
export const JAVA_OPTS = '-Xmx384m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC'

const run = promisify(execFile)

/** Downloads Keycloak (177 MB) from Maven Central, and builds it for a database in a file. Returns its folder. */
export async function downloadKeycloak(): Promise<string> {
  const folder = await once(
    join(partsFolder, `keycloak-${VERSION}-${SHA_256.slice(0, 8)}`),
    async (target) => {
      const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`
      await run('mvn', ['-B', 'dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${target}`])
      const zip = join(target, `keycloak-quarkus-dist-${VERSION}.zip`)
      const hash = createHash('sha256').update(readFileSync(zip)).digest('hex')
      if (hash !== SHA_256) throw new Error(`${artifact} has the SHA-256 ${hash}, not ${SHA_256}`)
      await run('python3', ['-m', 'zipfile', '-e', zip, target])
      rmSync(zip)
      const program = join(target, `keycloak-${VERSION}`, 'bin', 'kc.sh')
      await run('sh', [program, 'build', '--db=dev-file'], { env: { ...process.env, JAVA_OPTS } })
    },
  )
  return join(folder, `keycloak-${VERSION}`)
}
