import { expect, test } from 'vitest'
import { runAsFor, setprivArguments } from './postgres-account.ts'
import { serverArguments } from './postgres.ts'

const options = { dataFolder: '/data', logFolder: '/log', port: 6001, replicaPort: 6002 }

test('the replica follows the port that the primary has this time', () => {
  const conninfo = 'primary_conninfo=host=127.0.0.1 port=6001 user=rollcall'
  expect(serverArguments(options, 'replica')).toEqual(expect.arrayContaining(['port=6002', conninfo]))
  expect(serverArguments(options, 'primary')).toContain('port=6001')
  expect(serverArguments(options, 'primary').join(' ')).not.toContain('primary_conninfo')
})

test('Postgres listens on loopback only', () => {
  expect(serverArguments(options, 'primary')).toContain('listen_addresses=127.0.0.1')
})

test('Postgres waits for the disk, unless nothing has to outlive a crash of the machine', () => {
  for (const role of ['primary', 'replica'] as const) {
    expect(serverArguments(options, role).join(' ')).not.toContain('fsync')
    expect(serverArguments({ ...options, isDurable: false }, role)).toContain('fsync=off')
  }
})

test('who is not root runs Postgres as it is', () => {
  expect(runAsFor(null, ['/nowhere'])('postgres', ['-D', 'x'])).toEqual(['postgres', ['-D', 'x']])
})

test('root is left with no capability but the one asked for', () => {
  const account = { uid: 65534, gid: 65533 }
  const user = ['--reuid', '65534', '--regid', '65533', '--clear-groups']
  expect(setprivArguments(account, [])).toEqual(user)
  expect(setprivArguments(account, ['dac_read_search'])).toEqual([
    ...user,
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=+dac_read_search',
    '--bounding-set=-all,+dac_read_search',
    '--securebits=+no_setuid_fixup',
  ])
})
