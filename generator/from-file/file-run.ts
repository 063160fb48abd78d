import { setTimeout as sleep } from 'node:timers/promises'
import type { Screen } from '../../config/screen.ts'
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
  /** The run is to end: what is under way is waited for, unless the producer gives up. */
  stop: AbortSignal
  source: Source
  reading: Reading
  /** Null: nothing is remembered. */
  positions: PositionFile | null
  /** Null: as fast as the topic takes them. */
  linesPerSecond: number | null
}

export type Outcome = 'all sent' | 'some refused' | 'stopped'

/** kafkajs's cost grows with the square of the lines of one send; this is also what a killed run sends again at most. */
const LINES_PER_SEND = 2_000
/** Below the 1 MiB that a topic takes in one record batch by default. */
const BYTES_PER_SEND = 900_000
/** Lines that are named when they are refused; more are only counted. */
const NAMED_REFUSALS = 10

/** Sends what a source holds behind a position, and moves the position as Kafka acknowledges. */
export class FileRun {
  readonly #parts: RunParts
  readonly #progress = new Progress(Date.now())
  readonly #pace: Pace | null
  readonly #shareAtStart: number
  #position: Position
  /** Lines that the pace allows and that were not there to be sent. */
  #allowed = 0
  #underWay = 0

  constructor(parts: RunParts, position: Position) {
    this.#parts = parts
    this.#position = position
    this.#pace = parts.linesPerSecond === null ? null : createPace(parts.linesPerSecond, Date.now())
    this.#shareAtStart = parts.reading.shareBefore(position.offset) ?? 0
  }

  /** @throws {Error} in one line, when the source can't be read on or its position not be kept */
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

  /** Whether it came to the end; else it was stopped. */
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

  /** None at the end; null when the run is stopped. */
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

  /** Whether Kafka has answered for all of them; else the producer gave up. */
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
        `line ${inWords(line.number)} (${inWords(line.size)} bytes) is not taken by ${topic}: ${reason}`,
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
      throw new Error(`${source.name} was changed while it was sent; what was sent is what was read`)
    await positions?.save({ ...this.#position, isFinished: true })
    const { refused } = this.#position
    screen.say(
      refused === 0
        ? `all of ${source.name} is sent`
        : `${source.name} is sent but for ${linesInWords(refused)}`,
    )
    return refused === 0 ? 'all sent' : 'some refused'
  }

  #stopped(): Outcome {
    const { source, positions, screen } = this.#parts
    this.#summarise()
    if (this.#underWay > 0)
      screen.say(`${linesInWords(this.#underWay)} under way: what of that arrived is not known`)
    const line = inWords(this.#position.lineNumber)
    screen.say(
      positions === null
        ? `stopped before line ${line} of ${source.name}, which keeps no position`
        : `stopped; started again it goes on at line ${line}`,
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
