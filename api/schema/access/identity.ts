import type { Role } from '../../../domain/access/role.ts'
import type { Actor, BrowserSession } from '../../context/actor.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'

export const RoleEnum = builder.enumType('Role', {
  description: 'What a person or a program may do; roles add up. docs/permissions.md has every field.',
  values: capitals<Role>({
    viewer: 'Sees figures, and nothing about a person.',
    analyst: 'Sees persons, too: users, devices, addresses, events and rejects.',
    operator: 'Commands ingestion and replays, and sees the audit and reconciliation.',
    admin: 'Manages tokens, settings and erasure.',
    auditor: 'Sees the audit and reconciliation.',
  }),
})

const SignInMethod = builder.enumType('SignInMethod', {
  description: 'How somebody signed in in a browser.',
  values: {
    OPENID_CONNECT: { description: 'At an identity provider, by OpenID Connect.' },
    LDAP: { description: 'With the name and password of a directory.' },
  } satisfies Record<BrowserSession['method'], object>,
})

const Session = builder.objectRef<Actor & { session: BrowserSession }>('BrowserSession').implement({
  extensions: needs('figures'),
  description:
    'That of somebody who signed in in a browser. It ends with a sign-out, here or at their provider, too.',
  fields: (t) => ({
    method: t.field({
      type: SignInMethod,
      description: 'How they signed in.',
      resolve: ({ session }) => session.method,
    }),
    signedInAt: t.field({
      type: 'DateTime',
      description: 'When they signed in.',
      resolve: ({ session }) => new Date(session.signedInAtMs),
    }),
    idleUntil: t.field({
      type: 'DateTime',
      description: 'When it ends unless it is used until then.',
      resolve: ({ session }) => new Date(session.idleEndsAtMs),
    }),
  }),
})

const Identity = builder.objectRef<Actor>('Identity').implement({
  extensions: needs('figures'),
  description: 'Who asks, as this API knows them.',
  fields: (t) => ({
    isLocalMode: t.boolean({
      description:
        'Whether the API runs without identity: anyone who reaches it may do everything, under any name.',
      resolve: ({ issuer }) => issuer === null,
    }),
    name: t.exposeString('name', {
      description: 'What people call them; not unique. In local mode, what the request says.',
    }),
    subject: t.exposeString('subject', { description: 'What their issuer knows them by.' }),
    issuer: t.exposeString('issuer', {
      nullable: true,
      description: 'Who vouches for them; null: nobody, which is so in local mode only.',
    }),
    roles: t.expose('roles', { type: [RoleEnum], description: 'What they may do.' }),
    session: t.field({
      type: Session,
      nullable: true,
      description: 'Their session in a browser; null: they ask without one, such as by an access token.',
      resolve: ({ session, ...actor }) => (session === undefined ? null : { ...actor, session }),
    }),
    validUntil: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When they have to prove anew who they are; null: never, which is so in local mode only.',
      resolve: ({ validUntilMs }) => (validUntilMs === null ? null : new Date(validUntilMs)),
    }),
  }),
})

builder.queryField('identity', (t) =>
  t.field({
    extensions: needs('figures'),
    type: Identity,
    nullable: true,
    description: 'Who asks, and with which roles. Example: identity { name roles isLocalMode }.',
    resolve: (_, __, { caller }) => caller.actor,
  }),
)
