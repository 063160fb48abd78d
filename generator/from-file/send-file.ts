import { randomUUID } from 'node:crypto'
import type { SendOptions } from '../arguments.ts'
import { FileRun, type Outcome, type RunParts } from './file-run.ts'
import { openSource } from './open-source.ts'
import { openPositionFile } from './position-file.ts'
import { checkPosition, type Position } from './position.ts'
import { inWords, linesInWords } from './progress.ts'
import { type Reading, readFrom, readFromBeginning } from './reading.ts'
import type { Source } from './source.ts'

type SendParts = Omit<RunParts, 'source' | 'reading' | 'positions' | 'linesPerSecond'> & {
  /** The folder that relative paths start from. */
  folder: string
}

/**
 * Sends the lines of a file, a URL or standard input to the topic, from where an earlier run stopped.
 * @throws {Error} in one line, when the source can't be read or has changed; the position of acknowledged
 *   lines is kept
 */
export async function sendFile(options: SendOptions, parts: SendParts): Promise<Outcome> {
  const { topic, screen, stop } = parts
  const source = await openSource(options.from, parts.folder, stop)
  const { resume } = source
  const positions = resume === null ? null : openPositionFile(resume.positionFile, randomUUID())
  const before = options.again || positions === null ? null : await positions.load()
  if (before !== null && resume !== null) {
    const { name } = source
    checkPosition(before, { name, identity: resume.identity, topic, format: options.format })
    if (before.isFinished) {
      screen.say(`${name} was sent already: ${described(before)}; --again sends it again`)
      return before.refused === 0 ? 'all sent' : 'some refused'
    }
  }
  const reading =
    before === null
      ? await readFromBeginning(source, options.format, stop)
      : readFrom(source, before, before.csv, stop)
  screen.say(`sending ${source.name} to ${topic}, ${reading.description}`)
  if (before !== null && before.sent + before.refused > 0)
    screen.say(`going on at line ${inWords(before.lineNumber)}: ${described(before)} so far`)
  const position = before ?? beginning(source, reading, topic)
  await positions?.claim(position)
  const run = new FileRun(
    { ...parts, source, reading, positions, linesPerSecond: options.linesPerSecond },
    position,
  )
  return run.send()
}

const described = ({ sent, refused, topic }: Position) =>
  `${linesInWords(sent)} to ${topic}${refused > 0 ? `, ${inWords(refused)} not taken by it` : ''}`

/** The position of a source before anything is sent. */
const beginning = ({ resume }: Source, { format, csv, start }: Reading, topic: string): Position => ({
  run: '',
  topic,
  identity: resume?.identity ?? {},
  format,
  csv,
  ...start,
  sent: 0,
  refused: 0,
  isFinished: false,
})
