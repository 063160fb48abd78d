import { existsSync, readFileSync } from 'node:fs'

// CPU time and memory of processes, from Linux's /proc; elsewhere everything reads as zero.

/** Clock ticks in a second: USER_HZ is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100
const CPU_SAMPLE_MS = 250
/**
 * Memory is read in every eighth sample only, because the kernel walks the page tables of a process for it.
 */
const MEMORY_EVERY_SAMPLES = 8
const MIB = 1024 * 1024

export type ResourceUse = { cpuSeconds: number; peakMemoryMiB: number }

type Recorder = {
  /**
   * What each process and its children used between two moments (Unix milliseconds). Memory is the peak until
   * now.
   */
  between(fromMs: number, toMs: number): Record<string, ResourceUse>
  stop: () => void
}

/**
 * Samples processes by name until it is stopped. The memory of several processes together is their
 * proportional set size, which counts shared pages once; that of a single process is the largest resident set
 * of its life, as the kernel knows it.
 */
export function recordResources(pids: Record<string, number | number[]>): Recorder {
  const series = Object.entries(pids).map(([name, of]) => new Series(name, [of].flat()))
  let samples = 0
  const sample = () => {
    const withMemory = samples++ % MEMORY_EVERY_SAMPLES === 0
    for (const one of series) one.sample(Date.now(), withMemory)
  }
  const timer = existsSync('/proc/self/stat') ? setInterval(sample, CPU_SAMPLE_MS) : undefined
  return {
    between: (fromMs, toMs) => {
      if (timer !== undefined) for (const one of series) one.sample(Date.now(), true)
      return Object.fromEntries(series.map((one) => [one.name, one.between(fromMs, toMs)]))
    },
    stop: () => {
      clearInterval(timer)
    },
  }
}

class Series {
  readonly name: string
  readonly #pids: number[]
  readonly #cpu: { atMs: number; seconds: number }[] = []
  #peakBytes = 0

  constructor(name: string, pids: number[]) {
    this.name = name
    this.#pids = pids
  }

  sample(atMs: number, withMemory: boolean): void {
    const members = this.#pids.flatMap(processTree)
    this.#cpu.push({ atMs, seconds: members.reduce((sum, pid) => sum + cpuSeconds(pid), 0) })
    if (!withMemory) return
    const bytes =
      members.length > 1
        ? members.reduce((sum, pid) => sum + kibibytes(`/proc/${pid}/smaps_rollup`, 'Pss'), 0)
        : kibibytes(`/proc/${this.#pids[0]}/status`, 'VmHWM')
    this.#peakBytes = Math.max(this.#peakBytes, bytes * 1024)
  }

  between(fromMs: number, toMs: number): ResourceUse {
    return { cpuSeconds: this.#cpuAt(toMs) - this.#cpuAt(fromMs), peakMemoryMiB: this.#peakBytes / MIB }
  }

  /** CPU seconds at a moment. Between two samples, the process is taken to have worked evenly. */
  #cpuAt(atMs: number): number {
    const index = this.#cpu.findIndex((sample) => sample.atMs >= atMs)
    const after = this.#cpu[index] ?? this.#cpu.at(-1)
    const before = this.#cpu[index - 1] ?? after
    if (after === undefined || before === undefined) return 0
    if (after.atMs === before.atMs) return after.seconds
    const share = (atMs - before.atMs) / (after.atMs - before.atMs)
    return before.seconds + Math.min(1, share) * (after.seconds - before.seconds)
  }
}

function processTree(pid: number): number[] {
  const children = readProc(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((text) => text !== '')
  return [pid, ...children.flatMap((child) => processTree(Number(child)))]
}

/** User and system time of a process and of its children that have ended. */
function cpuSeconds(pid: number): number {
  const stat = readProc(`/proc/${pid}/stat`)
  // The second field is the name in parentheses and may hold spaces; utime to cstime are fields 14 to 17.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
}

const kibibytes = (file: string, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readProc(file))?.[1] ?? 0)

/** The memory of a process that is in RAM now. */
export const residentMiB = (pid: number): number => (kibibytes(`/proc/${pid}/status`, 'VmRSS') * 1024) / MIB

/** Returns '' for a process that has ended or belongs to another user. */
function readProc(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
