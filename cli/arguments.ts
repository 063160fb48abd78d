import { readOptions, UsageError, wholeNumber } from './command-line.ts'
import type { Common, Run } from './send-commands.ts'

/** What was typed. */
export type Typed =
  | { command: 'help' }
  | { command: 'version' }
  | { command: 'status'; isJson: boolean }
  | ({ command: 'pause' | 'resume'; isJson: boolean; acceptFlood: boolean } & Common & {
        topic: string | null
        partitions: number[] | null
      })
  | ({ command: 'replay' | 'skip'; isJson: boolean; batchIds: string[]; isSure: boolean } & Common)
  | ({ command: 'run'; isJson: boolean } & Run)

const options = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  reason: { type: 'string' },
  topic: { type: 'string' },
  partition: { type: 'string' },
  'command-id': { type: 'string' },
  'accept-flood': { type: 'boolean' },
  all: { type: 'boolean' },
  error: { type: 'string' },
  'dry-run': { type: 'boolean' },
  'max-per-minute': { type: 'string' },
  yes: { type: 'boolean' },
} as const

type Option = keyof typeof options
const always: readonly Option[] = ['help', 'version', 'json']
const commanding: readonly Option[] = [...always, 'reason', 'command-id']

/** The options that each command takes. */
const taken: Record<string, readonly Option[]> = {
  status: always,
  pause: [...commanding, 'topic', 'partition'],
  resume: [...commanding, 'topic', 'partition', 'accept-flood'],
  replay: [...commanding, 'topic', 'partition', 'error', 'all', 'dry-run', 'max-per-minute'],
  skip: [...commanding, 'yes'],
}

const MOST_PARTITION = 2_147_483_647
const MOST_PER_MINUTE = 6_000

/** Reads what was typed after `rollcall`. @throws {UsageError} */
export function readArguments(args: string[]): Typed {
  const { values, positionals } = readOptions({ args, options, allowPositionals: true })
  if (values.help === true) return { command: 'help' }
  if (values.version === true) return { command: 'version' }
  const [command = '', ...ids] = positionals
  const allowed = taken[command]
  if (allowed === undefined)
    throw new UsageError(
      `${command === '' ? 'say what to do' : `there is no command ${JSON.stringify(command)}`}: ${Object.keys(taken).join(', ')} (rollcall --help)`,
    )
  const wrong = (Object.keys(values) as Option[]).find((name) => !allowed.includes(name))
  if (wrong !== undefined) throw new UsageError(`${command} takes no --${wrong} (rollcall --help)`)
  const isJson = values.json === true
  const takesIds = command === 'replay' || command === 'skip'
  if (!takesIds && ids.length > 0)
    throw new UsageError(`${command} takes nothing but options, not ${JSON.stringify(ids[0])}`)
  if (command === 'status') return { command, isJson }
  const common = { isJson, reason: reasonOf(values.reason, command), commandId: values['command-id'] ?? null }
  const partitions = values.partition === undefined ? null : partitionsOf(values.partition)
  const topic = values.topic ?? null
  if (command === 'pause' || command === 'resume')
    return { command, ...common, topic, partitions, acceptFlood: values['accept-flood'] === true }
  const batchIds = ids.map(batchId)
  if (command === 'skip') {
    if (batchIds.length === 0) throw new UsageError('skip which batches? rollcall status names them')
    return { command, ...common, batchIds: oneId(batchIds, common), isSure: values.yes === true }
  }
  const isSelected = partitions !== null || values.error !== undefined || values.all === true
  if (isSelected && batchIds.length > 0)
    throw new UsageError('replay batches by their numbers, or by --all, --partition and --error, not both')
  if (!isSelected && batchIds.length === 0)
    throw new UsageError('replay which batches? their numbers, or --all, --partition or --error')
  if (batchIds.length > 0 && values['dry-run'] !== true)
    return { command: 'replay', ...common, batchIds: oneId(batchIds, common), isSure: true }
  const perMinute = values['max-per-minute']
  return {
    ...{ command: 'run', ...common, topic, dryRun: values['dry-run'] === true },
    filter: {
      ...(batchIds.length === 0 ? {} : { batchIds }),
      ...(partitions === null ? {} : { partitions }),
      ...(values.error === undefined ? {} : { errorContains: values.error }),
    },
    maxPerMinute:
      perMinute === undefined ? null : wholeNumber('--max-per-minute', perMinute, 1, MOST_PER_MINUTE),
  }
}

function reasonOf(reason: string | undefined, command: string): string {
  if (reason === undefined || reason.trim() === '')
    throw new UsageError(`${command} takes --reason TEXT: why you send it, for the audit`)
  return reason
}

const partitionsOf = (text: string): number[] =>
  text.split(',').map((one) => wholeNumber('--partition', one.trim(), 0, MOST_PARTITION))

function batchId(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new UsageError(`${JSON.stringify(text)} is no number of a batch`)
  return text
}

/** An id is of one command. */
function oneId(batchIds: string[], { commandId }: { commandId: string | null }): string[] {
  if (commandId !== null && batchIds.length > 1)
    throw new UsageError('--command-id is for one batch at a time')
  return batchIds
}
