import { CommandFailedError, CommandRefusedError, InvalidCommandError } from '../../context/command-errors.ts'
import { NotFoundError } from '../../context/errors.ts'
import { decodeGlobalId } from '../../context/global-id.ts'
import { needs } from '../../context/permission.ts'
import type { MadeToken } from '../../context/service-token-types.ts'
import { builder } from '../builder.ts'
import { commandArgs } from '../commands/command-args.ts'
import { RoleEnum } from './identity.ts'
import { ServiceToken } from './service-tokens.ts'

const CreatedServiceToken = builder.objectRef<MadeToken>('CreatedServiceToken').implement({
  extensions: needs('tokens'),
  description: 'A service token that was made just now.',
  fields: (t) => ({
    text: t.exposeString('text', {
      description:
        'What the program sends as Authorization: Bearer. Shown here only, and kept nowhere: store it where secrets are stored.',
    }),
    token: t.expose('token', { type: ServiceToken, description: 'What it may do, and until when.' }),
  }),
})

/** None of these commands goes by Temporal. */
const commandErrors = [InvalidCommandError, CommandRefusedError, CommandFailedError]

builder.mutationField('createServiceToken', (t) =>
  t.field({
    extensions: needs('tokens'),
    type: CreatedServiceToken,
    nullable: true,
    errors: { types: commandErrors, union: { description: 'The token, or why there is none.' } },
    description:
      'Makes a token by which a program proves who it is. It has roles whose permissions you have yourself, and never ADMIN. ' +
      'Refused in local mode.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'What the program is called: one line of 1 to 64 characters. Example: "nightly-report".',
      }),
      purpose: t.arg.string({
        required: true,
        description: 'What it is for: one line of 1 to 500 characters.',
      }),
      roles: t.arg({ type: [RoleEnum], required: true, description: 'What it may do.' }),
      expiresAt: t.arg({
        type: 'DateTime',
        required: true,
        description: 'Until when it is taken, SERVICE_TOKEN_MAX_DAYS from now at most.',
      }),
      commandId: t.arg.id({
        description:
          'A UUID that you choose: a command with the same id never makes a second token. Default: a new one.',
      }),
    },
    resolve: (_, { commandId, ...args }, { caller, serviceTokens }) =>
      serviceTokens.make({ ...args, actor: caller.actor, commandId: commandId ?? null }),
  }),
)

builder.mutationField('revokeServiceToken', (t) =>
  t.field({
    extensions: needs('tokens'),
    type: ServiceToken,
    nullable: true,
    errors: {
      types: [...commandErrors, NotFoundError],
      union: { description: 'The token as it is now, or why nothing was done.' },
    },
    description:
      'Ends a service token for good: at once on this API, with its subscriptions, and within 5 seconds on others. One that is ' +
      'revoked stays as it is.',
    args: {
      tokenId: t.arg.id({ required: true, description: 'The id of the token (ServiceToken.id).' }),
      ...commandArgs(),
    },
    resolve: (_, { tokenId, reason, commandId }, { caller, serviceTokens }) => {
      const { typename, id } = decodeGlobalId(tokenId)
      const token = typename === 'ServiceToken' ? BigInt(id) : null
      return serviceTokens.revoke({ actor: caller.actor, token, reason, commandId: commandId ?? null })
    },
  }),
)
