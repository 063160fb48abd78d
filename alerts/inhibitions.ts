import type { Inhibition } from './alert.ts'

/** What stands still, or cannot be found out, when nothing is counted. */
const ofIngestion = [
  'RollcallBehind',
  'RollcallLagGrowing',
  'RollcallPartitionWaiting',
  'RollcallProducerSilent',
  'RollcallPartitionSilent',
  'RollcallReconciliationOverdue',
  'RollcallAuditCheckOverdue',
  'RollcallRollupsBehind',
  'RollcallUpkeepFailing',
]

/**
 * What Alertmanager mutes, so that one cause pages once: a part that is away mutes what follows from that, and a page mutes the warning that came
 * before it.
 */
export const inhibitions: readonly Inhibition[] = [
  {
    sources: ['RollcallDependencyAway'],
    targets: [
      ...ofIngestion,
      'RollcallNoWorker',
      'RollcallApiErrors',
      'RollcallReplicaAway',
      'RollcallReplicaBehind',
    ],
    equal: ['namespace'],
  },
  {
    // Temporal may keep its own state in the same Postgres.
    sources: ['RollcallDependencyAway'],
    sourceLabels: { dependency: 'postgres' },
    targets: ['RollcallDependencyAway'],
    targetLabels: { dependency: 'temporal' },
    equal: ['namespace'],
  },
  { sources: ['RollcallNoWorker'], targets: ofIngestion, equal: ['namespace'] },
  {
    sources: ['RollcallKafkaOffline', 'RollcallKafkaUnderMinIsr'],
    targets: [
      'RollcallPartitionWaiting',
      'RollcallBehind',
      'RollcallLagGrowing',
      'RollcallKafkaUnderReplicated',
    ],
    equal: [],
  },
  { sources: ['RollcallPartitionHalted'], targets: ['RollcallBehind'], equal: ['namespace'] },
  { sources: ['RollcallBehind'], targets: ['RollcallLagGrowing'], equal: ['namespace'] },
  {
    sources: ['RollcallCrashLoop'],
    targets: ['RollcallTargetDown'],
    equal: ['namespace', 'job', 'instance'],
  },
  { sources: ['RollcallProducerSilent'], targets: ['RollcallPartitionSilent'], equal: ['namespace'] },
  {
    sources: ['RollcallRejectFlood'],
    targets: ['RollcallRejectsMany', 'RollcallProducerSilent', 'RollcallPartitionSilent'],
    equal: ['namespace'],
  },
  { sources: ['RollcallParkedLong'], targets: ['RollcallBatchesParked'], equal: ['namespace'] },
  {
    sources: ['RollcallUnreadExpire'],
    targets: ['RollcallUnreadExpireSoon'],
    equal: ['namespace', 'partition'],
  },
  { sources: ['RollcallKafkaOffline'], targets: ['RollcallKafkaUnderMinIsr'], equal: [] },
  {
    sources: ['RollcallCertificateExpiresNow'],
    targets: ['RollcallCertificateExpires'],
    equal: ['namespace', 'wire'],
  },
  {
    sources: ['RollcallDiskAlmostFull'],
    targets: ['RollcallDiskFillsUp'],
    equal: ['namespace', 'instance', 'mountpoint', 'persistentvolumeclaim'],
  },
]
