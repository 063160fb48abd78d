import type { Alert } from '../alerts/alert.ts'
import { type Board, inJob, jobVariable, lines, type Panel, perSecond } from './board.ts'

const JOB = inJob('kafka_job')
const MANAGER = 'kafka_server_replicamanager'
const TOPICS = 'kafka_server_brokertopicmetrics'

const trouble = (
  title: string,
  description: string,
  expression: string,
  alerts: readonly Alert['name'][] = [],
): Panel => ({
  ...{ title, description, alerts, as: 'value', unit: 'short', width: 4 },
  queries: [{ expression, legend: title }],
  limits: { page: 1 },
})

const replicas: Panel[] = [
  trouble(
    'Without a leader',
    'Partitions that nobody can read or write. The usual is 0.',
    `max(kafka_controller_kafkacontroller_offlinepartitionscount{${JOB}})`,
    ['RollcallKafkaOffline'],
  ),
  trouble(
    'Fewer in sync than needed',
    'Partitions that refuse writes which ask for safety. The usual is 0.',
    `sum(${MANAGER}_underminisrpartitioncount{${JOB}})`,
    ['RollcallKafkaUnderMinIsr'],
  ),
  trouble(
    'Under-replicated',
    'Partitions that lack replicas in sync. A while after a broker started is usual.',
    `sum(${MANAGER}_underreplicatedpartitions{${JOB}})`,
    ['RollcallKafkaUnderReplicated'],
  ),
  trouble(
    'Replicas offline',
    'Replicas on brokers or disks that are away. The usual is 0.',
    `sum(${MANAGER}_offlinereplicacount{${JOB}})`,
  ),
  trouble(
    'Disks offline',
    'Folders of the log that a broker gave up. The usual is 0.',
    `sum(kafka_log_logmanager_offlinelogdirectorycount{${JOB}})`,
    ['RollcallDiskAlmostFull'],
  ),
  {
    ...trouble(
      'Brokers',
      'Brokers that the controller knows to live.',
      `max(kafka_controller_kafkacontroller_activebrokercount{${JOB}})`,
    ),
    limits: { page: 1, isWorseBelow: true },
  },
]

const traffic: Panel[] = [
  lines('Messages', 'cps', 'Messages that brokers take each second, of all topics.', [
    { expression: perSecond(`${TOPICS}_messagesin_total`, 'instance', JOB), legend: '{{instance}}' },
  ]),
  lines('Bytes', 'Bps', 'Bytes that brokers take and give each second.', [
    { expression: perSecond(`${TOPICS}_bytesin_total`, 'instance', JOB), legend: '{{instance}} in' },
    { expression: perSecond(`${TOPICS}_bytesout_total`, 'instance', JOB), legend: '{{instance}} out' },
  ]),
  lines('Failed requests', 'reqps', 'Requests to write and to read that failed. The usual is 0.', [
    {
      expression: perSecond(`${TOPICS}_failedproducerequests_total`, 'instance', JOB),
      legend: '{{instance}} write',
    },
    {
      expression: perSecond(`${TOPICS}_failedfetchrequests_total`, 'instance', JOB),
      legend: '{{instance}} read',
    },
  ]),
  lines(
    'Duration of requests',
    'ms',
    'From request to response, 99 of 100 at most. Reads wait until there is something to read, or for as long as their reader says.',
    [
      {
        expression: `max by (instance, request) (kafka_network_requestmetrics_totaltimems{${JOB},quantile="0.99"})`,
        legend: '{{instance}} {{request}}',
      },
    ],
  ),
  lines('Idle threads', 'percentunit', 'Below a third a broker has no room left.', [
    {
      expression: `min by (instance) (kafka_server_kafkarequesthandlerpool_requesthandleravgidle_ratio{${JOB}})`,
      legend: '{{instance}} requests',
    },
    {
      expression: `min by (instance) (kafka_network_socketserver_networkprocessoravgidle_ratio{${JOB}})`,
      legend: '{{instance}} network',
    },
  ]),
  lines('Connections', 'short', 'Connections that are open.', [
    {
      expression: `sum by (instance) (kafka_server_socketservermetrics_connections{${JOB}})`,
      legend: '{{instance}}',
    },
  ]),
  lines('Size of topics', 'bytes', 'What the partitions of a topic take on disks, all replicas together.', [
    { expression: `sum by (topic) (kafka_log_log_size_bytes{${JOB}})`, legend: '{{topic}}' },
  ]),
  lines('Changes of replicas in sync', 'cps', 'Replicas that fall behind, and that catch up, each second.', [
    { expression: perSecond(`${MANAGER}_isrshrinks_total`, 'instance', JOB), legend: '{{instance}} behind' },
    { expression: perSecond(`${MANAGER}_isrexpands_total`, 'instance', JOB), legend: '{{instance}} again' },
  ]),
  lines('Leaders', 'short', 'Partitions that each broker leads: about the same for each.', [
    { expression: `sum by (instance) (${MANAGER}_leadercount{${JOB}})`, legend: '{{instance}}' },
  ]),
]

/** Brokers of Kafka, by the JMX exporter. */
export const kafka: Board = {
  name: 'rollcall-kafka',
  title: 'Rollcall: Kafka',
  description: "Brokers of Kafka, by Prometheus' JMX exporter with deploy/monitoring/kafka-jmx.yml.",
  variables: [jobVariable('kafka_job', 'kafka_server_replicamanager_partitioncount')],
  rows: [
    { title: 'Replicas', panels: replicas },
    { title: 'Traffic', panels: traffic },
  ],
}
