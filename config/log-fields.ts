import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'

/** A field of the log: its name there, by ECS where ECS has it, and what it says. */
type Field = { name: string; says: string }

/**
 * What lines of the log may say besides level and message, by the names that code uses. ECS is the Elastic Common Schema
 * (https://www.elastic.co/docs/reference/ecs). Values are texts, numbers or lists of texts, and never personal.
 */
export const logFields = {
  error: { name: 'error.message', says: 'What went wrong, and where known what to do.' },
  errorId: { name: 'error.id', says: 'The `errorId` that the client was given.' },
  reason: { name: 'event.reason', says: 'Why a state changed.' },
  action: { name: 'event.action', says: '`request`, `subscription-begun` or `subscription-ended`.' },
  duration: { name: 'event.duration', says: 'How long it took, in nanoseconds.' },
  requestId: { name: 'http.request.id', says: 'The header `x-request-id`, or what the API made.' },
  method: { name: 'http.request.method', says: 'GET, POST or OPTIONS; OTHER is any other.' },
  status: {
    name: 'http.response.status_code',
    says: 'The status of the answer; 499: the client left before it.',
  },
  path: { name: 'url.path', says: 'The path, if it is one of the API.' },
  address: { name: 'server.address', says: 'The address on which this process listens.' },
  port: { name: 'server.port', says: 'The port on which this process listens.' },
  metricsPort: { name: 'rollcall.metrics.port', says: 'The port on which this process serves metrics.' },
  field: { name: 'rollcall.graphql.field', says: 'The field of the schema that failed.' },
  fields: { name: 'rollcall.graphql.fields', says: 'The fields of the schema that were asked for.' },
  operation: { name: 'rollcall.graphql.operation', says: '`query`, `mutation` or `subscription`.' },
  cost: { name: 'rollcall.graphql.cost', says: 'What the request cost of its rate.' },
  codes: { name: 'rollcall.graphql.codes', says: 'The codes of its errors, as in docs/errors.md.' },
  actor: { name: 'rollcall.actor.id', says: 'A pseudonym of who asked: the same for the same one.' },
  subject: {
    name: 'rollcall.actor.subject',
    says: 'By what the directory knows who may not sign in; the audit has the name.',
  },
  roles: { name: 'rollcall.actor.roles', says: 'The roles of who asked.' },
  token: { name: 'rollcall.service_token.id', says: 'The id of a service token.' },
  way: { name: 'rollcall.sign_in.way', says: 'The way by which people sign in.' },
  auditEvent: { name: 'rollcall.audit.event', says: 'An event that the audit did not take, as JSON.' },
  topic: { name: 'rollcall.topic', says: 'The topic that is counted.' },
  partition: { name: 'rollcall.partition', says: 'The partition of the topic.' },
  offset: { name: 'rollcall.offset', says: 'The next offset of the partition.' },
  from: { name: 'rollcall.batch.from', says: 'The first offset of the batch.' },
  to: { name: 'rollcall.batch.to', says: 'The offset behind the batch.' },
  batchId: { name: 'rollcall.batch.id', says: 'The id of the batch, as GraphQL has it.' },
  logins: { name: 'rollcall.batch.logins', says: 'The logins of the batch.' },
  rejects: { name: 'rollcall.batch.rejects', says: 'The rejects of the batch.' },
  commandId: {
    name: 'rollcall.command.id',
    says: 'The id of a command, by which the audit says whose it was.',
  },
  workflowId: { name: 'rollcall.workflow.id', says: 'The workflow, as the Temporal Web UI has it.' },
  runId: { name: 'rollcall.workflow.run_id', says: 'The run of the workflow.' },
  activity: { name: 'rollcall.activity.type', says: 'The activity.' },
  attempt: { name: 'rollcall.activity.attempt', says: 'The attempt of the activity, from 1.' },
  node: { name: 'rollcall.database.node', says: 'The database node: `primary`, `replica 1` and so on.' },
  parts: { name: 'rollcall.parts', says: 'The parts that do not answer.' },
  task: { name: 'rollcall.upkeep.task', says: 'The task of upkeep.' },
  times: { name: 'rollcall.fault.times', says: 'How often a fault has come since it began.' },
  spans: { name: 'rollcall.traces.lost', says: 'Spans that could not be delivered.' },
  traceId: { name: 'trace.id', says: 'The trace that the line is part of, where one is sampled.' },
  spanId: { name: 'span.id', says: 'The span of that trace.' },
  omitted: { name: 'rollcall.access.omitted', says: 'Requests of the second before that have no line.' },
  signal: { name: 'rollcall.signal', says: 'The signal that ends the process.' },
  drainSeconds: { name: 'rollcall.drain.seconds', says: 'How long the API still answers before it ends.' },
  sent: { name: 'rollcall.generator.sent', says: 'Records that the generator has sent.' },
  rate: { name: 'rollcall.generator.rate', says: 'Records that the generator sends a second.' },
} as const satisfies Record<string, Field>

type Value = string | number | readonly string[] | null | undefined

/** What a line says besides its message. `err` is an error with its stack. */
export type LogFields = { readonly [Name in keyof typeof logFields]?: Value } & { readonly err?: unknown }

const nameOf = new Map<string, string>(Object.entries(logFields).map(([key, { name }]) => [key, name]))

/** The fields by their names in the log; what has no value is left out. */
export function namedFields(fields: LogFields): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) {
    const name = nameOf.get(key)
    if (name !== undefined && value !== undefined && value !== null) named[name] = value
  }
  return { ...named, ...errorFields(fields.err) }
}

/** https://www.elastic.co/docs/reference/ecs/ecs-error */
function errorFields(error: unknown): Record<string, string> {
  if (error === undefined || error === null) return {}
  if (!(error instanceof Error))
    return { 'error.message': typeof error === 'string' ? error : inspect(error) }
  const { name, message, stack } = error
  return {
    'error.type': name,
    'error.message': message,
    ...(stack === undefined ? {} : { 'error.stack_trace': stack }),
  }
}

/** Where a server listens. */
export const listeningAt = (address: string | AddressInfo | null): LogFields =>
  typeof address === 'object' && address !== null
    ? { address: address.address, port: address.port }
    : { address }
