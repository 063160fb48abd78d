import type { Certificate } from '../../../tls/read-certificate.ts'
import { DAY_MS } from '../../../domain/time/period.ts'
import type { Dependency, DependencyKind } from '../../context/source-types.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'

const DependencyKindEnum = builder.enumType('DependencyKind', {
  description: 'What Rollcall needs.',
  values: capitals<DependencyKind>({
    kafka: 'The brokers.',
    postgres_primary:
      'The primary of the database: without it nothing is counted, and no command is audited.',
    postgres_replica: 'A replica of it, which answers questions.',
    temporal: 'The workflow engine.',
    workers: 'The workers of the topic, all together: whether one answers.',
    upkeep: 'The processes that do upkeep, all together.',
    identity_provider: 'An OpenID provider.',
    directory: 'The servers of the directory, all together.',
  }),
})

const CertificateType = builder.objectRef<Certificate>('Certificate').implement({
  extensions: needs('failures'),
  description:
    'What a server proves itself by, as it was shown a minute ago at most. Of several servers: the first to expire.',
  fields: (t) => ({
    names: t.exposeStringList('names', {
      description: 'The names and addresses that it is for (subjectAltName).',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it expires.' }),
    daysLeft: t.float({
      description: 'Days until then; negative when it has expired.',
      resolve: ({ expiresAt }, _, { clock }) => (expiresAt.getTime() - clock.nowMs()) / DAY_MS,
    }),
  }),
})

export const DependencyType = builder.objectRef<Dependency>('Dependency').implement({
  extensions: needs('figures'),
  description: 'Something that Rollcall needs, as this API finds it at the moment, within two seconds.',
  fields: (t) => ({
    kind: t.expose('kind', { type: DependencyKindEnum, description: 'What it is.' }),
    address: t.string({
      nullable: true,
      extensions: needs('failures', 'nothing'),
      description: 'Where it is, as the settings say; null where there is no single place.',
      resolve: ({ address }) => (address === '' ? null : address),
    }),
    isUp: t.exposeBoolean('isUp', { description: 'Whether it answers.' }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description:
        'How long it took to answer, with the time to connect where there was no connection; null when it does not.',
    }),
    message: t.string({
      nullable: true,
      extensions: needs('failures', 'text'),
      description: 'What is wrong and what to do, in words; null: nothing.',
      resolve: ({ message }) => (message === '' ? null : message),
    }),
    replicaLagMs: t.exposeFloat('delayMs', {
      nullable: true,
      description: 'By how much a replica is behind at most; null when that is not known, and of all else.',
    }),
    isEncrypted: t.exposeBoolean('isEncrypted', {
      nullable: true,
      description: 'Whether this API speaks TLS to it; null where there is no wire.',
    }),
    certificate: t.expose('certificate', {
      type: CertificateType,
      nullable: true,
      extensions: needs('failures', 'nothing'),
      description: 'Its certificate; null in plaintext, and when none was shown.',
    }),
  }),
})
