import { expect, test } from 'vitest'
import { acceptedCodings } from './content-coding.ts'

test.each([
  [null, ['identity']],
  ['', ['identity']],
  ['gzip, deflate, br, zstd', ['br', 'gzip', 'identity']],
  ['gzip', ['gzip', 'identity']],
  ['GZIP;Q=1.0', ['gzip', 'identity']],
  ['br;q=0.5, gzip;q=0.8', ['gzip', 'br', 'identity']],
  ['identity, gzip;q=0.5', ['identity', 'gzip']],
  ['gzip;q=0.001', ['gzip', 'identity']],
  ['*', ['br', 'gzip', 'identity']],
  ['*;q=0.3, gzip', ['gzip', 'br', 'identity']],
  ['br;q=0, *', ['gzip', 'identity']],
  ['identity;q=0, gzip', ['gzip']],
  ['identity;q=0', []],
  ['*;q=0', []],
  ['*;q=0, br;q=0.2', ['br']],
  ['deflate, zstd', ['identity']],
  ['gzip;q=2', ['identity']],
  ['gzip;q=-1, br;q=', ['identity']],
  ['gzip;level=9', ['identity']],
  [',,;;, gzip ;  q=0.7 ,', ['gzip', 'identity']],
  [`${'x,'.repeat(5_000)}br`, ['br', 'identity']],
])('accept-encoding %s accepts %j', (header, codings) => {
  expect(acceptedCodings(header)).toEqual(codings)
})
