import {
  type Board,
  NAMESPACE,
  namespaceVariable,
  type Panel,
  perSecond,
  quantile,
  quantiles,
} from './board.ts'
import { processes } from './processes.ts'

const lines = (title: string, description: string, metric: string, labels: readonly string[]): Panel => ({
  ...{ title, description, as: 'stack', unit: 'cps', width: 8 },
  queries: [
    {
      expression: perSecond(metric, ['namespace', ...labels].join(', ')),
      legend: ['namespace', ...labels].map((label) => `{{${label}}}`).join(' '),
    },
  ],
})

const requests: Panel[] = [
  {
    ...lines(
      'Requests by status',
      'HTTP requests that APIs answered, those of subscriptions once. Status 5xx is a fault of ours or of a part.',
      'rollcall_http_requests_total',
      ['status'],
    ),
    unit: 'reqps',
    alerts: ['RollcallApiErrors', 'RollcallNoApi'],
  },
  {
    title: 'Duration of requests',
    as: 'lines',
    description: 'How long requests took until their response began, those answered from the cache included.',
    unit: 's',
    queries: quantiles('rollcall_http_request_duration_seconds', 'requests'),
    width: 8,
  },
  {
    ...lines(
      'Refusals by code',
      'Errors that clients were told, by their code in docs/errors.md. Empty when there were none.',
      'rollcall_refusals_total',
      ['code'],
    ),
    alerts: ['RollcallApiErrors'],
  },
]

const fields: Panel[] = [
  lines(
    'Fields',
    'Questions, commands and subscriptions that were executed. A request with several counts in each.',
    'rollcall_fields_total',
    ['field'],
  ),
  lines(
    'Cost by field',
    'Cost of requests with the field, in questions, as rate limits count it: who uses it up.',
    'rollcall_field_cost_total',
    ['field'],
  ),
  {
    title: 'Duration by field',
    as: 'lines',
    description: 'How long 99 of 100 requests with the field took at most to execute.',
    unit: 's',
    queries: [
      {
        expression: quantile(0.99, 'rollcall_field_duration_seconds', 'field'),
        legend: '{{field}}',
      },
    ],
    width: 8,
  },
]

const cached = perSecond('rollcall_cached_answers_total', 'namespace')
const limits: Panel[] = [
  {
    title: 'Answers from the cache',
    as: 'lines',
    description:
      'Share of questions that were answered from the cache. Each commit ends what it holds, so it is low where each question is another one.',
    unit: 'percentunit',
    queries: [
      {
        expression: `${cached} / (${cached} + ${perSecond('rollcall_uncached_answers_total', 'namespace')})`,
        legend: '{{namespace}} cached',
      },
    ],
    width: 6,
  },
  {
    title: 'Subscriptions',
    as: 'lines',
    description: 'Subscriptions that are open, by API.',
    unit: 'short',
    queries: [
      {
        expression: `sum by (namespace, instance) (rollcall_subscriptions{${NAMESPACE}})`,
        legend: '{{namespace}} {{instance}}',
      },
    ],
    width: 6,
  },
  {
    ...lines(
      'Refused by a limit',
      'Requests and connections that a limit refused. Empty when there were none.',
      'rollcall_rate_limited_total',
      ['limit'],
    ),
    width: 6,
  },
  {
    ...lines(
      'Sign-ins',
      'Attempts of people to sign in in a browser. Many that are refused: somebody guesses. Empty when there were none.',
      'rollcall_sign_ins_total',
      ['method', 'outcome'],
    ),
    width: 6,
  },
]

const nodes: Panel[] = [
  {
    title: 'Database nodes',
    as: 'value',
    description:
      'Whether every API reaches each node. Without a replica its questions go to the primary, beside the work of workers.',
    unit: 'yes or no',
    queries: [
      {
        expression: `min by (namespace, node) (rollcall_node_up{${NAMESPACE}})`,
        legend: '{{namespace}} {{node}}',
      },
    ],
    alerts: ['RollcallReplicaAway'],
    width: 8,
  },
  {
    title: 'Delay of replicas',
    as: 'lines',
    description: 'How far each replica is behind its primary; 0 of the primary.',
    unit: 's',
    queries: [
      {
        expression: `max by (namespace, node) (rollcall_node_delay_seconds{${NAMESPACE}})`,
        legend: '{{namespace}} {{node}}',
      },
    ],
    limits: { warning: 60 },
    alerts: ['RollcallReplicaBehind'],
    width: 8,
  },
  {
    ...lines(
      'Events of the audit',
      'Sign-ins, refusals, tokens and commands that APIs recorded. Empty when there were none.',
      'rollcall_audit_events_total',
      ['kind', 'outcome'],
    ),
    alerts: ['RollcallAuditBroken'],
  },
]

/** From a request to its answer, and what the processes need for it. */
export const questions: Board = {
  name: 'rollcall-questions',
  title: 'Rollcall: questions',
  description: 'From a request to its answer, and what the processes need for it.',
  variables: [namespaceVariable],
  rows: [
    { title: 'Requests', panels: requests },
    { title: 'Fields', panels: fields },
    { title: 'Cache, subscriptions and limits', panels: limits },
    { title: 'Nodes', panels: nodes },
    { title: 'Processes', panels: processes },
  ],
}
