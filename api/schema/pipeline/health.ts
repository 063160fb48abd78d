import type { LiveWorker, UnsettledBatch } from '../../../db/read/ledger/health.ts'
import type { PendingRollup } from '../../../db/read/ledger/pipeline-ages.ts'
import { type Health as HealthShape, readHealth } from '../../pipeline/health.ts'
import { needs } from '../../context/permission.ts'
import { builder } from '../builder.ts'
import { capitals } from '../fields/enum-values.ts'
import { SeverityEnum } from '../fields/pipeline-enums.ts'
import { DependencyType } from './health-dependencies.ts'
import { PartitionHealth } from './health-partitions.ts'
import { ProblemType } from './ingestion-problem.ts'

const RollupEnum = builder.enumType('Rollup', {
  description: 'What upkeep makes of batches some time after their commit.',
  values: capitals<PendingRollup['rollup']>({
    counts: 'Counts by the time of the event.',
    counts_by_commit_time: 'Counts by when they were written, for questions about the past.',
    sightings: 'Sets of users, devices and addresses.',
    login_lists: 'Lists of attempts by hour.',
  }),
})

const PendingRollupType = builder.objectRef<PendingRollup>('PendingRollup').implement({
  extensions: needs('figures'),
  description:
    'What upkeep has yet to roll up. Answers are right meanwhile: they add it themselves, or say how far sets are.',
  fields: (t) => ({
    rollup: t.expose('rollup', { type: RollupEnum, description: 'What is to be made.' }),
    batchCount: t.exposeInt('batches', { description: 'Of how many batches.' }),
    oldestAt: t.expose('oldestAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the oldest of them was committed; null when there is none.',
    }),
  }),
})

const UnsettledBatchType = builder.objectRef<UnsettledBatch>('UnsettledBatch').implement({
  extensions: needs('figures'),
  description:
    'A batch that waits for an operator: replayBatch counts or publishes it, skipBatch gives it up.',
  fields: (t) => ({
    batchId: t.expose('id', { type: 'Offset', description: 'Number of the batch (Batch.batchId).' }),
    partition: t.exposeInt('partition', { description: 'Its partition.' }),
    fromOffset: t.expose('from', { type: 'Offset', description: 'First offset.' }),
    toOffset: t.expose('to', { type: 'Offset', description: 'End of the range, exclusive.' }),
    error: t.exposeString('error', {
      nullable: true,
      extensions: needs('failures', 'text'),
      description: 'What failed.',
    }),
    isCounted: t.boolean({
      description: 'Whether it is counted, and only its outputs are withheld; else it is parked.',
      resolve: ({ withheldAt }) => withheldAt !== null,
    }),
    committedAt: t.expose('committedAt', { type: 'DateTime', description: 'When it was written.' }),
  }),
})

const LiveWorkerType = builder.objectRef<LiveWorker>('LiveWorker').implement({
  extensions: needs('figures'),
  description: 'A worker that reported in the last six seconds.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Process id and host.' }),
    version: t.exposeString('version', { description: 'Version of Rollcall.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When it started.' }),
  }),
})

const Health = builder.objectRef<HealthShape>('Health').implement({
  extensions: needs('figures'),
  description: 'What an operator needs to know at night, on one screen.',
  fields: (t) => ({
    at: t.expose('at', {
      type: 'DateTime',
      description: 'When this was looked at, by the clock of the API.',
    }),
    topic: t.exposeString('topic', { description: 'The topic that is counted.' }),
    severity: t.expose('severity', {
      type: SeverityEnum,
      nullable: true,
      description: 'That of the most urgent problem; null when there is none.',
    }),
    lag: t.expose('lag', {
      type: 'BigInt',
      nullable: true,
      description:
        'Unread offsets over all partitions; null when Kafka or Postgres is away, or when it is not known of one.',
    }),
    problems: t.expose('problems', {
      type: [ProblemType],
      description:
        'What is wrong, most urgent first, with the commands that go on. Those about reconciliation and the audit only for roles that ' +
        'may ask about them.',
    }),
    dependencies: t.expose('dependencies', {
      type: [DependencyType],
      description: 'Each one that is set up.',
    }),
    partitions: t.expose('partitions', {
      type: [PartitionHealth],
      description: 'In order of number: every partition that any of the parts knows.',
    }),
    unsettledBatches: t.field({
      type: [UnsettledBatchType],
      nullable: true,
      description:
        'The ten batches that have waited longest for an operator; null when no node of Postgres answers. batches lists all.',
      resolve: ({ ledger }) => ledger?.batches ?? null,
    }),
    pendingRollups: t.field({
      type: [PendingRollupType],
      nullable: true,
      description: 'Those with anything to do; null when no node of Postgres answers.',
      resolve: ({ ledger }) => ledger?.rollups ?? null,
    }),
    reconciledAt: t.field({
      type: 'DateTime',
      nullable: true,
      extensions: needs('reconciliation', 'nothing'),
      description:
        'When the last reconciliation of the schedule finished; null before the first, and when that is not known.',
      resolve: ({ ledger }) => ledger?.reconciliation?.finishedAt ?? null,
    }),
    openDiscrepancyCount: t.int({
      nullable: true,
      extensions: needs('reconciliation', 'nothing'),
      description:
        'Discrepancies that are open, those of the audit chain included; null when that is not known.',
      resolve: ({ ledger }) =>
        ledger === null ? null : ledger.discrepancies.reduce((sum, { open }) => sum + open, 0),
    }),
    isAuditIntact: t.boolean({
      nullable: true,
      extensions: needs('reconciliation', 'nothing'),
      description:
        'Whether no check of the schedule found a break in the chain of the audit that is open; null before the first, and when that is not known.',
      resolve: ({ ledger }) => ledger?.audit?.isIntact ?? null,
    }),
    auditCheckedAt: t.field({
      type: 'DateTime',
      nullable: true,
      extensions: needs('reconciliation', 'nothing'),
      description:
        'When the chain of the audit was last checked; null before the first time, and when that is not known.',
      resolve: ({ ledger }) => ledger?.audit?.checkedAt ?? null,
    }),
    workers: t.field({
      type: [LiveWorkerType],
      nullable: true,
      description: 'The workers of the topic, the oldest first; null when no node of Postgres answers.',
      resolve: ({ ledger }) => ledger?.workers ?? null,
    }),
    apiVersion: t.string({
      description: 'Version of the API that answers.',
      resolve: (_, __, context) => context.version,
    }),
    schemaVersion: t.int({
      nullable: true,
      description: 'Number of the newest migration of the database; null when no node of Postgres answers.',
      resolve: ({ ledger }) => ledger?.schema ?? null,
    }),
  }),
})

builder.queryField('health', (t) =>
  t.field({
    extensions: needs('figures'),
    type: Health,
    nullable: true,
    description:
      'What an operator needs to know at night: what is wrong and the command that goes on, each dependency, each partition, when ' +
      'its backlog is drained and when retention takes it. Parts that are away are said and left out; the answer waits for them two ' +
      'seconds at most.',
    resolve: (_, __, context) => readHealth(context),
  }),
)
