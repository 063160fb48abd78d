/** What one run has sent. */
export class Progress {
  lines = 0
  /** Bytes of the lines as they were read. */
  bytes = 0
  refused = 0
  blankLines = 0
  readonly #perPartition = new Map<number, number>()
  readonly #startedMs: number

  constructor(startedMs: number) {
    this.#startedMs = startedMs
  }

  addAcknowledged(perPartition: ReadonlyMap<number, number>): void {
    for (const [partition, lines] of perPartition) {
      this.#perPartition.set(partition, (this.#perPartition.get(partition) ?? 0) + lines)
      this.lines += lines
    }
  }

  seconds(nowMs: number): number {
    return Math.max(0.001, (nowMs - this.#startedMs) / 1000)
  }

  linesPerSecond(nowMs: number): number {
    return this.lines / this.seconds(nowMs)
  }

  perPartition(): [partition: number, lines: number][] {
    return [...this.#perPartition].sort(([a], [b]) => a - b)
  }
}

/** Short, so that the whole line fits on a terminal of 80 columns. */
const BAR_CHARACTERS = 10

/**
 * Writes the line for the screen: `████░░ 21 % · 4,200 lines · 1,400/s · 11 s left`.
 * @param share the share of the source that is done, now and when the run began; null: its size is not known
 */
export function progressLine(
  progress: Progress,
  share: { now: number; atStart: number } | null,
  nowMs: number,
): string {
  const counts = `${linesInWords(progress.lines)} · ${inWords(Math.round(progress.linesPerSecond(nowMs)))}/s`
  if (share === null) return counts
  const filled = Math.round(share.now * BAR_CHARACTERS)
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_CHARACTERS - filled)
  const done = share.now - share.atStart
  const left = done > 0 ? ` · ${duration((progress.seconds(nowMs) * (1 - share.now)) / done)} left` : ''
  return `${bar} ${Math.floor(share.now * 100)} % · ${counts}${left}`
}

/** Says in some lines what a run did. */
export function summary(progress: Progress, topic: string, nowMs: number): string[] {
  const seconds = progress.seconds(nowMs).toFixed(1)
  const rate = inWords(Math.round(progress.linesPerSecond(nowMs)))
  const partitions = progress.perPartition().map(([partition, lines]) => `${partition}: ${inWords(lines)}`)
  return [
    `${linesInWords(progress.lines)} (${inWords(progress.bytes)} bytes) sent to ${topic} in ${seconds} s, ${rate} lines per second`,
    ...(partitions.length > 0 ? [`by partition: ${partitions.join(' · ')}`] : []),
    ...(progress.refused > 0
      ? [`${linesInWords(progress.refused)} not sent: too large for the topic, or refused by it`]
      : []),
    ...(progress.blankLines > 0 ? [`${linesInWords(progress.blankLines, 'blank ')} not sent`] : []),
  ]
}

export const inWords = (count: number): string => count.toLocaleString('en')

export const linesInWords = (count: number, kind = ''): string =>
  `${inWords(count)} ${kind}line${count === 1 ? '' : 's'}`

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
