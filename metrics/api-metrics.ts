import type { Metric } from './metric.ts'

const field = { field: 'root field of the schema' }
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What one API answered since it started. */
export const apiMetrics = {
  rollcall_http_requests_total: {
    type: 'counter',
    help: 'HTTP requests that were answered, those of subscriptions once.',
    labels: { method: '`GET`, `POST`, `OPTIONS` or `other`', status: 'status of the response' },
  },
  rollcall_http_request_duration_seconds: {
    type: 'histogram',
    help: 'How long a request took until its response began.',
    buckets: SECONDS,
  },
  rollcall_fields_total: {
    type: 'counter',
    help: 'Questions, commands and subscriptions that were executed. A request with several counts in each.',
    labels: { ...field, operation: '`query`, `mutation` or `subscription`' },
  },
  rollcall_field_duration_seconds: {
    type: 'histogram',
    help: 'How long requests with the field took to execute; those answered from the cache included.',
    labels: field,
    buckets: SECONDS,
  },
  rollcall_field_cost_total: {
    type: 'counter',
    help: 'Cost of requests with the field, in questions, as rate limits count it.',
    labels: field,
  },
  rollcall_refusals_total: {
    type: 'counter',
    help: 'Errors that clients were told.',
    labels: { code: 'code of docs/errors.md, or `none`' },
  },
  rollcall_cached_answers_total: {
    type: 'counter',
    help: 'Questions that were answered from the cache: the requests of clients, and those of subscriptions.',
  },
  rollcall_uncached_answers_total: {
    type: 'counter',
    help: 'Questions to which the cache had no answer, or none that still holds.',
  },
  rollcall_sign_ins_total: {
    type: 'counter',
    help: 'Attempts of people to sign in in a browser.',
    labels: {
      method: '`openid_connect` or `ldap`; `unknown`: there is no such way',
      outcome:
        '`signed_in`; `refused`: by provider, directory or roles; `limited`: not made, after too many; `failed`: a part is away',
    },
  },
  rollcall_rate_limited_total: {
    type: 'counter',
    help: 'Requests and connections that a limit refused.',
    labels: {
      limit:
        '`questions` and `commands` of a client; `address`: requests of an address; `identity`: unproven requests of an address; `sign_in`: attempts to sign in; `expensive`: questions that waited too long for a slot; `subscriptions`; `connections` of an address',
    },
  },
  rollcall_subscriptions: { type: 'gauge', help: 'Subscriptions that are open.' },
  rollcall_audit_events_total: {
    type: 'counter',
    help: 'Events that this API recorded in the audit: sign-ins, refusals, tokens, commands.',
    labels: { kind: 'kind of the event', outcome: 'its outcome' },
  },
} as const satisfies Record<string, Metric>
