import { setTimeout as sleep } from 'node:timers/promises'
import type { Screen } from '../../cli/screen.ts'
import type { LoginProducer } from '../../kafka/write/login-producer.ts'
import { StoppedError } from '../../concurrency/unless-aborted.ts'
import { createPace, type Pace, TICK_MS } from '../pace.ts'
import type { PositionFile } from './position-file.ts'
import type { Position } from './position.ts'
import { inWords, linesInWords, Progress, progressLine, summary } from './progress.ts'
import type { Reading } from './reading.ts'
import { type RefusedLine, sendLines } from './send-lines.ts'
import type { Source } from './source.ts'
import type { Line } from './split-lines.ts'

export type RunParts = {
  topic: string
  producer: LoginProducer
  screen: Screen
  /** How often progress is shown. */
  progressMs: number
  /** Aborts when the run is to end. The run still waits for lines under way, unless the producer gives up. */
  stop: AbortSignal
  source: Source
  reading: Reading
  /** Null: no position is kept. */
  positions: PositionFile | null
  /** Null: as fast as the topic takes them. */
  linesPerSecond: number | null
}

export type Outcome = 'all sent' | 'some refused' | 'stopped'

/**
 * The cost of one send grows with the square of its lines in kafkajs. A killed run sends this many again at
 * most.
 */
const LINES_PER_SEND = 2_000
/** A topic takes up to 1 MiB in one record batch by default. */
const BYTES_PER_SEND = 900_000
/** How many refused lines are named; further ones are only counted. */
const NAMED_REFUSALS = 10

/** Sends the lines of a source from a position on, and moves the position as Kafka acknowledges them. */
export class FileRun {
  readonly #parts: RunParts
  readonly #progress = new Progress(Date.now())
  readonly #pace: Pace | null
  readonly #shareAtStart: number
  #position: Position
  /** How many lines the pace allows that could not be read yet. */
  #allowed = 0
  #underWay = 0

  constructor(parts: RunParts, position: Position) {
    this.#parts = parts
    this.#position = position
    this.#pace = parts.linesPerSecond === null ? null : createPace(parts.linesPerSecond, Date.now())
    this.#shareAtStart = parts.reading.shareBefore(position.offset) ?? 0
  }

  /** @throws {Error} in one line, when the source can't be read any further or its position can't be kept */
  async send(): Promise<Outcome> {
    const { screen, progressMs } = this.#parts
    const showing = setInterval(() => {
      this.#show()
    }, progressMs)
    try {
      const isAtEnd = await this.#sendLines()
      screen.progress('')
      return isAtEnd ? await this.#finish() : this.#stopped()
    } catch (error) {
      screen.progress('')
      this.#summarise()
      throw error
    } finally {
      clearInterval(showing)
    }
  }

  /** Returns whether it reached the end; otherwise it was stopped. */
  async #sendLines(): Promise<boolean> {
    const { stop } = this.#parts
    while (!stop.aborted) {
      const lines = await this.#nextLines()
      if (lines === null) break
      if (lines.length === 0) return true
      if (!(await this.#sendSome(lines))) break
    }
    return false
  }

  /** Returns no lines at the end, and null when the run is stopped. */
  async #nextLines(): Promise<Line[] | null> {
    const { reading, stop } = this.#parts
    try {
      while (this.#pace !== null && this.#allowed === 0) {
        this.#allowed += this.#pace.due(Date.now()).length
        if (this.#allowed === 0) await sleep(TICK_MS, undefined, { signal: stop })
      }
      const limit = this.#pace === null ? LINES_PER_SEND : Math.min(this.#allowed, LINES_PER_SEND)
      const lines = await reading.reader.take(limit, BYTES_PER_SEND)
      this.#allowed -= Math.min(this.#allowed, lines.length)
      return lines
    } catch (error) {
      if (error instanceof StoppedError || (error as Error).name === 'AbortError') return null
      throw error
    }
  }

  /** Returns whether Kafka has answered for all lines; otherwise the producer gave up. */
  async #sendSome(lines: Line[]): Promise<boolean> {
    const { producer, reading, positions, stop } = this.#parts
    this.#underWay = lines.length
    try {
      const { acknowledged, refused } = await sendLines(lines, reading.valuesOf, producer)
      this.#note(lines, acknowledged, refused)
    } catch (error) {
      if (stop.aborted) return false
      throw error
    }
    this.#underWay = 0
    await positions?.save(this.#position)
    return true
  }

  #note(lines: Line[], acknowledged: ReadonlyMap<number, number>, refused: RefusedLine[]): void {
    const { screen, topic } = this.#parts
    for (const { line, reason } of refused.slice(0, Math.max(0, NAMED_REFUSALS - this.#progress.refused)))
      screen.say(
        `line ${inWords(line.number)} (${inWords(line.size)} bytes) was not sent to ${topic}: ${reason}`,
      )
    const last = lines.at(-1)
    this.#progress.addAcknowledged(acknowledged)
    this.#progress.refused += refused.length
    this.#progress.bytes += (last?.end ?? this.#position.offset) - this.#position.offset
    this.#position = {
      ...this.#position,
      offset: last?.end ?? this.#position.offset,
      lineNumber: last?.nextNumber ?? this.#position.lineNumber,
      sent: this.#position.sent + lines.length - refused.length,
      refused: this.#position.refused + refused.length,
    }
  }

  async #finish(): Promise<Outcome> {
    const { source, positions, screen } = this.#parts
    this.#summarise()
    const now = await source.currentIdentity()
    const before = source.resume?.identity ?? null
    if (JSON.stringify(now) !== JSON.stringify(before))
      throw new Error(`${source.name} changed while it was sent; the lines were sent as they were read`)
    await positions?.save({ ...this.#position, isFinished: true })
    const { refused } = this.#position
    screen.say(
      refused === 0
        ? `all of ${source.name} was sent`
        : `${source.name} was sent except ${linesInWords(refused)}`,
    )
    return refused === 0 ? 'all sent' : 'some refused'
  }

  #stopped(): Outcome {
    const { source, positions, screen } = this.#parts
    this.#summarise()
    if (this.#underWay > 0)
      screen.say(`${linesInWords(this.#underWay)} under way: which of them arrived is not known`)
    const line = inWords(this.#position.lineNumber)
    screen.say(
      positions === null
        ? `stopped before line ${line} of ${source.name}, which keeps no position`
        : `stopped; the next run goes on at line ${line}`,
    )
    return 'stopped'
  }

  #summarise(): void {
    const { topic, screen, reading } = this.#parts
    this.#progress.blankLines = reading.blankLines()
    for (const line of summary(this.#progress, topic, Date.now())) screen.say(line)
  }

  #show(): void {
    const share = this.#parts.reading.shareBefore(this.#position.offset)
    const shares = share === null ? null : { now: share, atStart: this.#shareAtStart }
    this.#parts.screen.progress(progressLine(this.#progress, shares, Date.now()))
  }
}
