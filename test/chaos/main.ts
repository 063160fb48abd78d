import { UsageError } from '../../cli/command-line.ts'
import { parseChaosArguments, usage } from './arguments.ts'
import { runChaos } from './chaos-run.ts'
import { describeVerdict, isExact } from './judge/judge.ts'
import { logFolderOf, withOwnStack } from './actors/own-stack.ts'

// `npm run chaos`: see the usage in arguments.ts. Exit code 1 unless every run lost and doubled nothing.

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`))
  })
}
try {
  const { firstSeed, seeds, minutes } = parseChaosArguments(process.argv.slice(2))
  const failed: number[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    stop.signal.throwIfAborted()
    if (!(await isSeedExact(seed, minutes))) failed.push(seed)
  }
  if (seeds > 1) console.log(`${seeds - failed.length} of ${seeds} seeds are exact`)
  for (const seed of failed)
    console.log(`to run it again: npm run chaos -- --seed ${seed} --minutes ${minutes}`)
  process.exit(failed.length === 0 ? 0 : 1)
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`)
  else console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}

async function isSeedExact(seed: number, minutes: number): Promise<boolean> {
  const say = createLog()
  say(`seed ${seed}, ${minutes} minutes; logs: ${logFolderOf(seed)}`)
  try {
    const verdict = await withOwnStack(seed, say, (world) =>
      runChaos(world, { seed, durationMs: minutes * 60_000, stop: stop.signal }),
    )
    console.log(`seed ${seed}: ${describeVerdict(verdict)}`)
    return isExact(verdict)
  } catch (error) {
    stop.signal.throwIfAborted()
    console.log(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    return false
  }
}

/** Lines with the seconds since the first. */
function createLog(): (line: string) => void {
  const startMs = Date.now()
  return (line) => {
    console.log(`${((Date.now() - startMs) / 1000).toFixed(1).padStart(7)}  ${line}`)
  }
}
