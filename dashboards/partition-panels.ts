import { type Panel, PARTITION, perSecond } from './board.ts'

const DAY = 86_400

/** How each partition stands. */
export const partitionPanels: Panel[] = [
  {
    title: 'Lag',
    as: 'lines',
    description:
      'Offsets that are not processed, up to the high watermark. One partition alone: look at its state and at its owner.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, partition) (rollcall_partition_lag{${PARTITION}})`,
        legend: '{{namespace}} {{partition}}',
      },
    ],
    alerts: ['RollcallLagGrowing', 'RollcallBehind'],
    width: 12,
  },
  {
    title: 'Attempts counted',
    as: 'lines',
    description: 'Attempts that were counted each second, without those of replays.',
    unit: 'cps',
    queries: [
      {
        expression: perSecond('rollcall_attempts_total', 'namespace, partition', PARTITION),
        legend: '{{namespace}} {{partition}}',
      },
    ],
    alerts: ['RollcallPartitionSilent'],
    width: 12,
  },
  {
    title: 'State',
    as: 'table',
    description:
      'Running is right. Waiting goes on by itself; paused was commanded; halted needs a command; retired has no partition of the topic any more.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, partition, state) (rollcall_partition_state{${PARTITION}})`,
        legend: '{{partition}} {{state}}',
      },
    ],
    alerts: ['RollcallPartitionHalted', 'RollcallPartitionWaiting', 'RollcallPaused'],
    width: 8,
  },
  {
    title: 'Owner',
    as: 'table',
    description: 'Which worker claimed each partition last.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, partition, worker) (rollcall_partition_held_info{${PARTITION}})`,
        legend: '{{partition}} {{worker}}',
      },
    ],
    alerts: ['RollcallNoWorker'],
    width: 8,
  },
  {
    title: 'Age of the latest counted attempt',
    as: 'lines',
    description: 'It also grows while nobody logs in: with a lag of 0 that is right.',
    unit: 's',
    queries: [
      {
        expression: `time() - max by (namespace, partition) (rollcall_partition_watermark_timestamp_seconds{${PARTITION}})`,
        legend: '{{namespace}} {{partition}}',
      },
    ],
    width: 8,
  },
  {
    title: 'Until unread records are deleted',
    as: 'lines',
    description:
      "Time until Kafka's retention takes the oldest unread record, at the earliest. Empty while everything is read.",
    unit: 's',
    queries: [
      {
        expression: `min by (namespace, partition) (rollcall_partition_retention_remaining_seconds{${PARTITION}})`,
        legend: '{{namespace}} {{partition}}',
      },
    ],
    limits: { warning: 3 * DAY, page: DAY, isWorseBelow: true },
    alerts: ['RollcallUnreadExpireSoon', 'RollcallUnreadExpire'],
    width: 12,
  },
  {
    title: 'Parked offsets',
    as: 'lines',
    description: 'Offsets of batches that are not counted until somebody replays them. The usual is 0.',
    unit: 'short',
    queries: [
      {
        expression: `max by (namespace, partition) (rollcall_partition_parked_offsets{${PARTITION}})`,
        legend: '{{namespace}} {{partition}}',
      },
    ],
    alerts: ['RollcallBatchesParked', 'RollcallParkedLong'],
    width: 12,
  },
]
