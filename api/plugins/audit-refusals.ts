import { randomUUID } from 'node:crypto'
import type { ExecutionResult, FieldNode, GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { AuditEvent } from '../../domain/audit/audit-event.ts'
import type { CommandName } from '../../domain/pipeline/command-name.ts'
import { auditedActor } from '../../db/ledger/control-events.ts'
import type { Audit } from '../context/audit.ts'
import type { RequestContext } from '../context/context.ts'
import { safeText } from '../context/safe-text.ts'
import { argumentsOf, type ExecutedRequest, operationType, rootFields, variablesOf } from './operation.ts'

/** The commands to the pipeline by their mutations. Others are audited by the names of their mutations. */
const commands: Readonly<Record<string, CommandName>> = {
  pauseIngestion: 'pause',
  resumeIngestion: 'resume',
  acceptOffsetLoss: 'accept_loss',
  parkBatch: 'park',
  replayBatch: 'replay',
  skipBatch: 'skip',
  replayBatches: 'replay_many',
  pauseReplayRun: 'pause_run',
  resumeReplayRun: 'resume_run',
  cancelReplayRun: 'cancel_run',
  redriveRejectedRecords: 'redrive',
}
/** How much the audit keeps of texts of a refused command: enough to recognise it. */
const KEPT_CHARACTERS = 200

/**
 * Audits mutations that were refused before their resolvers ran: for a missing permission, or for arguments that are none.
 * What resolvers refuse, they audit. The answer waits for the audit, as that of a command does.
 */
export const auditRefusals = (audit: Audit, clock: () => number): Plugin<RequestContext> => ({
  onExecute({ args }) {
    if (operationType(args) !== 'mutation') return undefined
    return {
      async onExecuteDone({ result }) {
        const refused = refusalsIn(args, (result as ExecutionResult).errors ?? [])
        const at = new Date(clock()).toISOString()
        await Promise.all(
          refused.map((refusal) => audit.record(eventOf(args.contextValue, args, refusal, at))),
        )
      },
    }
  },
})

type Refusal = { node: FieldNode; message: string }

function refusalsIn(request: ExecutedRequest, errors: readonly GraphQLError[]): Refusal[] {
  if (errors.length === 0) return []
  const fields = rootFields(request)
  return errors.flatMap((error) => {
    // Without a path, the variables are unusable: nothing was executed.
    if (error.path === undefined) return fields.map((node) => ({ node, message: error.message }))
    const node = fields.find(({ name, alias }) => (alias ?? name).value === error.path?.[0])
    return node !== undefined && isRefusal(error) ? [{ node, message: error.message }] : []
  })
}

/** A resolver's own error is no refusal of graphql: that has no other behind it. */
const isRefusal = ({ originalError, extensions }: GraphQLError): boolean =>
  extensions['code'] === 'FORBIDDEN' ||
  (originalError as { code?: string } | undefined)?.code === 'FORBIDDEN' ||
  originalError === undefined

function eventOf(
  { caller, topic }: RequestContext,
  request: ExecutedRequest,
  { node, message }: Refusal,
  at: string,
): AuditEvent {
  const field = node.name.value
  const refusal = safeText(message, KEPT_CHARACTERS)
  const event = { at, actor: auditedActor(caller.actor), result: 'refused' as const }
  const command = commands[field]
  if (command === undefined)
    return { ...event, id: randomUUID(), kind: 'request_refused', detail: { field, refusal } }
  const given = givenArguments(request, node)
  const text = (value: unknown, otherwise: string) =>
    typeof value === 'string' ? safeText(value, KEPT_CHARACTERS) : otherwise
  return {
    ...event,
    // No workflow may have this id.
    id: `${randomUUID()}/refused`,
    kind: 'command',
    detail: {
      command,
      topic: text(given['topic'], topic),
      partitions: null,
      reason: text(given['reason'], ''),
      facts: { refusal },
    },
  }
}

function givenArguments(request: ExecutedRequest, node: FieldNode): Record<string, unknown> {
  const variables = variablesOf(request)
  const field = request.schema.getMutationType()?.getFields()[node.name.value]
  if (variables === null || field === undefined) return {}
  return argumentsOf(field, node, variables) ?? {}
}
