import type { AlertCases } from './alert-case.ts'

const api = (instance: string) => `rollcall_build_info{role="api",instance="${instance}"}`
const ok = 'rollcall_http_requests_total{method="POST",status="200"}'
const replica = { node: 'replica 10.0.0.2:5432' }

export const servingCases: AlertCases = {
  RollcallNoApi: [
    {
      when: 'all have ended',
      series: { [api('a')]: '1x10 stale', [api('b')]: '1x10 stale' },
      at: '14m',
      fires: {},
    },
    { when: 'there was never one', series: { up: '1x10' }, at: '4m', fires: { role: 'api' } },
    {
      when: 'one of two has ended',
      series: { [api('a')]: '1x10 stale', [api('b')]: '1x30' },
      at: '20m',
      fires: null,
    },
    {
      when: 'those of one namespace have ended',
      series: {
        'rollcall_build_info{role="api",namespace="live"}': '1x10 stale',
        'rollcall_build_info{role="api",namespace="trial"}': '1x30',
      },
      at: '20m',
      fires: { namespace: 'live' },
    },
    {
      when: 'the only one is replaced within a minute',
      series: { [api('a')]: '1x10 stale', [api('b')]: '_x11 1x30' },
      at: '15m',
      fires: null,
    },
  ],
  RollcallApiErrors: [
    {
      when: 'one in ten answers has a fault of ours',
      series: { [ok]: '0+600x30', 'rollcall_refusals_total{code="UNEXPECTED"}': '0+60x30' },
      at: '11m',
      fires: {},
    },
    {
      when: 'one in ten has status 503',
      series: { [ok]: '0+540x30', 'rollcall_http_requests_total{method="POST",status="503"}': '0+60x30' },
      at: '11m',
      fires: {},
    },
    {
      when: 'clients ask wrongly',
      series: { [ok]: '0+600x30', 'rollcall_refusals_total{code="INVALID_ARGUMENT"}': '0+600x30' },
      at: '20m',
      fires: null,
    },
    {
      when: 'the only question of the night fails',
      series: { [ok]: '0x10 1x30', 'rollcall_refusals_total{code="UNEXPECTED"}': '0x10 1x30' },
      at: '20m',
      fires: null,
    },
  ],
  RollcallReplicaAway: [
    {
      when: 'one API does not reach it',
      series: {
        'rollcall_node_up{instance="a",node="replica 10.0.0.2:5432"}': '0x10',
        'rollcall_node_up{instance="b",node="replica 10.0.0.2:5432"}': '1x10',
      },
      at: '6m',
      fires: replica,
    },
    {
      when: 'it was restarted',
      series: { 'rollcall_node_up{node="replica 10.0.0.2:5432"}': '0x2 1x10' },
      at: '6m',
      fires: null,
    },
    {
      when: 'the primary is away, which is another alert',
      series: { 'rollcall_node_up{node="primary 10.0.0.1:5432"}': '0x10' },
      at: '6m',
      fires: null,
    },
  ],
  RollcallReplicaBehind: [
    {
      when: 'its replay stands still',
      series: { 'rollcall_node_delay_seconds{node="replica 10.0.0.2:5432"}': '0+60x20' },
      at: '15m',
      fires: replica,
    },
    {
      when: 'it lags for a moment',
      series: { 'rollcall_node_delay_seconds{node="replica 10.0.0.2:5432"}': '0x5 90x3 0x20' },
      at: '15m',
      fires: null,
    },
  ],
}
