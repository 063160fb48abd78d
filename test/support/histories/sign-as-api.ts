import type { Config } from '../../../config/config.ts'
import type { Sql } from '../../../db/connection/connect.ts'
import { publishCommandKey } from '../../../db/ledger/command-keys.ts'
import { createCommandSigner } from '../../../signatures/command-signer.ts'

const recorder = { issuer: 'https://login.example', subject: 'recorder', name: 'recorder' }

/** Signs commands as an API does, for an actor that a provider vouches for. */
export function signAsApi(sql: Sql, { kafka, temporal }: Config) {
  const publish: Parameters<typeof createCommandSigner>[1] = (key) =>
    publishCommandKey(sql, { ...key, holder: 'api' })
  const { sign } = createCommandSigner(temporal.namespace, publish, Date.now)
  return <Argument extends { commandId: string; reason: string }>(
    command: string,
    workflowId: string,
    argument: Argument,
  ) => sign({ command, workflowId, topic: kafka.topic }, argument, recorder)
}

export type SignAsApi = ReturnType<typeof signAsApi>
