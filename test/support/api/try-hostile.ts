import { expect } from 'vitest'
import { isErrorCode } from '../../../api/context/error-codes.ts'
import { HOST } from '../../../stack/processes/ports.ts'
import { createDeployment } from '../deployment/deployment.ts'
import { eventually } from '../eventually.ts'
import { createFeed } from '../kafka/feed.ts'
import type { Hostile } from './hostile-arguments.ts'

type Told = { message: string; extensions?: { code?: string; argument?: string } }
type Answer = {
  data?: Record<string, object | null> | null
  errors?: Told[]
}

/** Longer than any command or question takes. */
const ANSWER_TIMEOUT_MS = 25_000
const AT_ONCE = 8

const isFault = ({ extensions }: Told): boolean =>
  !isErrorCode(extensions?.code) || /^(UNEXPECTED|DATABASE)/.test(extensions.code)

/** Whether an error that is about one argument, or the variable it was given as, says which. */
const namesArgument = ({ extensions }: Told, path: string): boolean =>
  !['INVALID_ARGUMENT', 'BAD_VARIABLES'].includes(extensions?.code ?? '') ||
  extensions?.argument?.replace(/^\$(inner_)?/, '').split(/[.[]/)[0] === path.split('.')[0]

/**
 * Sends operations to an API, and expects of each that it is answered, or refused with a code that is no fault of the API and
 * names the argument; that the API goes on; and that the commands among them are in the audit.
 */
export async function tryHostile(operations: Hostile[]): Promise<void> {
  const deployment = await createDeployment({
    API_QUESTIONS_PER_SECOND: '100000',
    // Each comes from an address of its own, because commands have a cap.
    TRUSTED_PROXIES: HOST,
    LOG_LEVEL: 'info',
  })
  const { sql, start, config } = deployment
  const api = start('api/main.ts')
  start('worker/main.ts')
  await createFeed(deployment).logins(500)
  const port = await eventually(() => {
    const line = api.log().find((entry) => typeof entry['server.port'] === 'number')
    if (line === undefined) throw new Error('the API has not said where it listens')
    return Number(line['server.port'])
  })
  const ask = async (query: string, variables: object, actor: string, address: string) => {
    const response = await fetch(`http://${HOST}:${port}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-rollcall-actor': actor,
        'x-forwarded-for': address,
      },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    })
    return { status: response.status, answer: (await response.json()) as Answer }
  }
  const expectReady = async () => {
    const { answer } = await ask('{ ingestion { lag } }', {}, 'tester', '192.0.2.1')
    expect(answer.data?.['ingestion'], JSON.stringify(answer)).toEqual({
      lag: expect.any(Number) as number,
    })
    const ready = await fetch(`http://${HOST}:${port}/ready`)
    expect(ready.status, await ready.text()).toBe(200)
  }
  await eventually(expectReady)
  await eventually(async () => {
    const [row] = await sql`select sum(logins)::integer as logins from batch`
    expect(row).toEqual({ logins: 500 })
  })

  const problems: unknown[] = []
  const commands: { actor: string; of: string }[] = []
  const tryOne = async ({ field, isCommand, path, said, query, variables }: Hostile, number: number) => {
    const actor = `hostile-${number}`
    const of = `${field}(${path}: ${said})`
    try {
      const { status, answer } = await ask(query, variables, actor, `10.0.${number >> 8}.${number & 255}`)
      if (![200, 400, 413].includes(status)) problems.push({ of, status, answer })
      if (answer.errors?.some((told) => isFault(told)) === true) problems.push({ of, answer })
      if (answer.errors?.some((told) => !namesArgument(told, path)) === true)
        problems.push({ of, unnamed: answer })
      if (isCommand && answer.data !== undefined && answer.data !== null) commands.push({ actor, of })
    } catch (error) {
      problems.push({ of, error: String(error) })
    }
  }
  const fields = [...new Set(operations.map(({ field }) => field))]
  for (const field of fields) {
    const ofField = operations.filter((one) => one.field === field)
    for (let from = 0; from < ofField.length; from += AT_ONCE) {
      const some = ofField.slice(from, from + AT_ONCE)
      await Promise.all(some.map((one) => tryOne(one, operations.indexOf(one))))
    }
    try {
      await expectReady()
    } catch (error) {
      problems.push({ after: field, error: String(error) })
    }
  }
  await eventually(async () => {
    const rows = await sql<
      { actor: string }[]
    >`select body::jsonb #>> '{actor,name}' as actor from audit_event where body::jsonb -> 'actor' <> 'null'`
    const audited = new Set(rows.map(({ actor }) => actor.replace(' (unverified)', '')))
    expect(commands.filter(({ actor }) => !audited.has(actor)).map(({ of }) => of)).toEqual([])
  }, 15_000).catch((error: unknown) => problems.push({ unaudited: String(error) }))
  console.log(`${operations.length} operations over ${fields.length} fields, ${commands.length} commands`)
  expect(problems).toEqual([])
  const stored = await sql<{ reason: string; topic: string }[]>`select reason, topic from control_event`
  for (const { reason, topic } of stored) expect(`${reason}${topic}`).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  expect(config.kafka.topic).not.toBe('')
}
