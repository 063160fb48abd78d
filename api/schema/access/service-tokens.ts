import {
  countServiceTokens,
  keyOfServiceToken,
  readServiceToken,
  readServiceTokens,
} from '../../../db/read/access/service-tokens.ts'
import type { ServiceTokenRow } from '../../../db/access/service-token-row.ts'
import { type ServiceTokenState, stateOf } from '../../../domain/access/service-token.ts'
import { needs } from '../../context/permission.ts'
import { connectionComplexity, readConnection } from '../../questions/connection.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'
import { RoleEnum } from './identity.ts'

const ServiceTokenStateEnum = builder.enumType('ServiceTokenState', {
  description: 'Whether a service token is taken.',
  values: capitals<ServiceTokenState>({
    active: 'It is taken.',
    expired: 'Its time is over.',
    revoked: 'Somebody revoked it, for good.',
  }),
})

export const ServiceToken = builder.node(builder.objectRef<ServiceTokenRow>('ServiceToken'), {
  extensions: needs('tokens'),
  id: { resolve: ({ id }) => String(id) },
  loadOne: (id: string, context) => context.readPrimary((session) => readServiceToken(session, BigInt(id))),
  description:
    'What a program proves with who it is. The text of a token is shown once, when it is made, and kept nowhere.',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'What the program is called, in the audit too; not unique.',
    }),
    purpose: t.exposeString('purpose', { description: 'What it is for, in the words of who made it.' }),
    roles: t.expose('roles', { type: [RoleEnum], description: 'What it may do.' }),
    state: t.field({
      type: ServiceTokenStateEnum,
      description: 'Whether it is taken.',
      resolve: ({ expires_at: expiresAt, revoked_at: revokedAt }, _, { clock }) =>
        stateOf({ expiresAt, revokedAt }, clock.nowMs()),
    }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made.' }),
    createdBy: t.exposeString('created_by', { description: 'Who made it, as the audit names them.' }),
    expiresAt: t.expose('expires_at', { type: 'DateTime', description: 'From when on it is taken no more.' }),
    lastUsedAt: t.expose('last_used_at', {
      type: 'DateTime',
      nullable: true,
      description: 'The minute in which it was used last; null: never.',
    }),
    revokedAt: t.expose('revoked_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked; null: it was not.',
    }),
    revokedBy: t.exposeString('revoked_by', {
      nullable: true,
      description: 'Who revoked it, as the audit names them; null: nobody.',
    }),
    revocationReason: t.exposeString('revocation_reason', {
      nullable: true,
      description: 'Why, in the words of who revoked it; null: it was not revoked.',
    }),
  }),
})

const ServiceTokenFilter = builder.inputType('ServiceTokenFilter', {
  description: 'Which service tokens to list. Example: {states: [ACTIVE]}.',
  fields: (t) => ({
    states: t.field({ type: [ServiceTokenStateEnum], description: 'In any of these states; default: all.' }),
  }),
})

builder.queryField('serviceTokens', (t) =>
  t.connection(
    {
      extensions: needs('tokens'),
      type: ServiceToken,
      nullable: true,
      description: 'Service tokens, the newest first, as the primary has them.',
      complexity: connectionComplexity,
      args: {
        filter: t.arg({ type: ServiceTokenFilter, description: 'Which tokens; default: all.' }),
      },
      resolve: (_, args, { readPrimary, clock }) => {
        const filter = { states: args.filter?.states ?? null, at: new Date(clock.nowMs()) }
        return readConnection({ read: readPrimary }, args, {
          list: 'serviceTokens',
          keyOf: keyOfServiceToken,
          read: (session, page) => readServiceTokens(session, filter, page),
          count: (session, limit) => countServiceTokens(session, filter, limit),
        })
      },
    },
    { name: 'ServiceTokenConnection', description: 'A page of service tokens.' },
    { name: 'ServiceTokenEdge', description: 'A service token and its place in the list.' },
  ),
)
