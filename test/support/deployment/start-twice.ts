import { spawn, type ChildProcess } from 'node:child_process'
import { expect, onTestFinished } from 'vitest'
import { eventually } from '../eventually.ts'
import { processesOf, userEnvironment } from '../parts/clone.ts'

/** Packages, Kafka and Temporal may have to be fetched, over whatever line the machine has. */
const DOWNLOAD_TIMEOUT_MS = 1_800_000
/** Of what nothing is fetched for. */
const START_TIMEOUT_MS = 240_000

/** No limit that a slow download can break. */
export const START_STORY_TIMEOUT_MS = DOWNLOAD_TIMEOUT_MS + 3 * START_TIMEOUT_MS

/** Runs `npm start` in a clone, ends it by Ctrl-C and runs it again: logins are counted, and nothing is left over or lost. */
export async function startTwice(clone: string): Promise<void> {
  const first = await startRollcall(clone)
  const counted = await eventually(() => attemptsCounted(first.api, 10))
  await stopRollcall(first)
  expect(await processesOf(clone)).toEqual([])

  const second = await startRollcall(clone)
  await eventually(() => attemptsCounted(second.api, counted + 5))
  expect(await heldBatches(second.api)).toBe(true)
  await stopRollcall(second)
  expect(await processesOf(clone)).toEqual([])
}

type Rollcall = { process: ChildProcess; api: string; exited: Promise<unknown> }

async function startRollcall(clone: string): Promise<Rollcall> {
  // Its own process group, as a terminal gives it: Ctrl-C goes to all of it.
  const child = spawn('npm', ['start'], {
    cwd: clone,
    detached: true,
    env: userEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const { promise: exited, resolve } = Promise.withResolvers<unknown>()
  child.once('exit', resolve)
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null)
      await stopRollcall({ process: child, api: '', exited })
  })
  const said = (sign: RegExp, withinMs: number) =>
    eventually(() => {
      const found = sign.exec(output)
      if (found === null) throw new Error(`npm start has not come up: ${output}`)
      return found[1] ?? ''
    }, withinMs)
  const ended = exited.then(() => {
    throw new Error(`npm start ended: ${output}`)
  })
  const up = async () => {
    for (const part of ['Kafka', 'Temporal']) await said(new RegExp(`${part} is up`), DOWNLOAD_TIMEOUT_MS)
    return await said(/GraphiQL\s+(http\S+)/, START_TIMEOUT_MS)
  }
  return { process: child, api: await Promise.race([up(), ended]), exited }
}

/** Ctrl-C. npm ends by the same signal once its script has ended, so there is no exit code to look at. */
async function stopRollcall({ process: child, exited }: Rollcall): Promise<void> {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
  await exited
}

async function attemptsCounted(api: string, atLeast: number): Promise<number> {
  const { ingestion } = await ask<{ ingestion: { lag: number; partitions: { attempts: number | null }[] } }>(
    api,
    '{ ingestion { lag partitions { attempts } } }',
  )
  const attempts = ingestion.partitions.reduce((sum, partition) => sum + (partition.attempts ?? 0), 0)
  expect(attempts).toBeGreaterThanOrEqual(atLeast)
  return attempts
}

/** Whether the ledger has no hole over the two runs. */
async function heldBatches(api: string): Promise<boolean> {
  const { batches } = await ask<{
    batches: { edges: { node: { partition: number; fromOffset: string; toOffset: string } }[] }
  }>(api, '{ batches(first: 500) { edges { node { partition fromOffset toOffset } } } }')
  const ranges = batches.edges.map(({ node }) => node)
  const starts = new Set(ranges.map(({ partition, fromOffset }) => `${partition} ${fromOffset}`))
  const ends = ranges.filter(({ partition, toOffset }) => !starts.has(`${partition} ${toOffset}`))
  // Each partition's ranges form one chain: only its last one has no successor.
  return ends.length === new Set(ranges.map(({ partition }) => partition)).size
}

async function ask<T>(api: string, query: string): Promise<T> {
  const response = await fetch(api, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown }
  if (errors !== undefined) throw new Error(JSON.stringify(errors))
  return data
}
