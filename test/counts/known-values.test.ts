import { afterAll, expect, inject, test } from 'vitest'
import { createSingleReader } from '../../db/nodes/request-reader.ts'
import { anyFreshness } from '../../db/nodes/requirement.ts'
import { createReadRouter } from '../../db/nodes/router.ts'
import { readKnownValues } from '../../db/read/counts/known-values.ts'
import { rollUpCounts } from '../../db/rollups/roll-up-counts.ts'
import { migrate } from '../../db/schema/migrate.ts'
import { resolveFilter, type AttemptFilter } from '../../api/questions/resolve-filter.ts'
import { createDatabase } from '../support/api/api-fixture.ts'
import { insertBatches } from '../support/api/api-rows.ts'

const TOPIC = 'user-login'
const database = await createDatabase(inject('databaseUrl'))
const { sql } = database
const router = createReadRouter({ url: database.urlOn(inject('databaseUrl')), replicaUrls: [] })
const read = createSingleReader((work) => router.withReadNode(anyFreshness, work))
afterAll(async () => {
  await router.close()
  await database.drop()
})

let batches = 0

/** A batch of logins with these locales and versions, one of each, not rolled up. */
async function count(locales: string[], versions: string[], topic = TOPIC): Promise<void> {
  const id = ++batches
  const committedAt = '2026-03-01T12:00:00Z'
  await insertBatches(sql, [{ id, from: id * 100, to: id * 100 + locales.length, committedAt }])
  const all = (value: string) => locales.map(() => value)
  await sql`
    insert into login_count_delta (batch_id, buckets, device_types, app_versions, locales, outcomes, logins)
    values (${id}, ${all(committedAt)}::text[]::timestamptz[], ${all('iOS')}::text[], ${versions}::text[],
            ${locales}::text[], ${all('success')}::text[], ${all('1')}::bigint[])`
  await sql`insert into pending_rollup (batch_id, topic) values (${id}, ${topic})`
}

const known = async (dimension: 'locale' | 'app_version', among: string[] | null = null, most = 100) =>
  (await read((session) => readKnownValues(session, dimension, among, most)))?.sort()

const resolved = async (filter: AttemptFilter) => await resolveFilter({ read }, filter)

test('a value is known from the commit of its batch on, before and after it is rolled up', async () => {
  await count(['CA', 'TX'], ['2.2.0', '2.3.0'])
  expect(await known('locale')).toEqual(['CA', 'TX'])
  await rollUpCounts(sql, TOPIC)
  await count(['TX', 'NY'], ['2.3.0', '2.4.0'])
  await count(['RI'], ['3.0.0'], 'another topic')
  const all = { locale: ['CA', 'NY', 'RI', 'TX'], app_version: ['2.2.0', '2.3.0', '2.4.0', '3.0.0'] }
  const found = async () => ({ locale: await known('locale'), app_version: await known('app_version') })
  expect(await found()).toEqual(all)
  await rollUpCounts(sql, TOPIC)
  expect(await found()).toEqual(all)
  await rollUpCounts(sql, 'another topic')
  expect(await found()).toEqual(all)
  expect(await known('locale', ['RI', 'ZG'])).toEqual(['RI'])
  expect(await known('locale', null, 3)).toBeUndefined()
})

test('a filter comes to the values that are known in its snapshot, and tells what it asked for in vain', async () => {
  await count(['ZZ'], ['3.1.0-rc.1'])
  const { filter, unknown } = await resolved({
    locale: { notIn: ['ca', 'QQ'] },
    appVersion: { range: '>=3' },
    deviceType: { in: ['Ios', 'fridge'] },
    usRegion: { in: ['south'] },
  })
  expect({ ...filter, locales: filter.locales?.sort(), appVersions: filter.appVersions?.sort() }).toEqual({
    ...{ deviceTypes: ['iOS'], appVersions: ['3.0.0', '3.1.0-rc.1'], locales: ['NY', 'RI', 'TX', 'ZZ'] },
    ...{ outcomes: null, usRegions: ['south'] },
  })
  expect(unknown).toEqual([
    {
      ...{ code: 'UNKNOWN_VALUE', argument: 'filter.deviceType.in' },
      message: '"fridge": no known device type, and matches nothing; the values are ANDROID, IOS, UNKNOWN',
    },
    {
      ...{ code: 'UNKNOWN_VALUE', argument: 'filter.locale.notIn' },
      message:
        '"QQ": no known locale, and leaves nothing out; groupBy: [LOCALE] shows those that attempts had',
    },
  ])
  const listed = await resolved({ locale: { in: ['tx', 'ZG'], notIn: ['NY'] }, appVersion: { range: null } })
  expect(listed.filter).toMatchObject({ locales: ['TX'], appVersions: null })
  expect(listed.unknown.map(({ argument }) => argument)).toEqual(['filter.locale.in'])
  expect((await resolved({})).unknown).toEqual([])
})

test('a filter names the known values that differ by case, and tells conditions that nothing meets', async () => {
  await count(['de-DE', 'unknown'], ['dev', 'dev'])
  const warned = async (filter: AttemptFilter) =>
    (await resolved(filter)).unknown.map(({ code, argument, message }) => [
      code,
      argument,
      message.split('; ')[1],
    ])
  const shows = 'groupBy: [LOCALE] shows those that attempts had'
  expect(await warned({ locale: { in: ['UNKNOWN', 'de-de', 'TX'] } })).toEqual([
    ['UNKNOWN_VALUE', 'filter.locale.in', `did you mean "de-DE", "unknown"? ${shows}`],
  ])
  expect(await warned({ locale: { notIn: ['Unknown'] }, appVersion: { in: ['DEV'] } })).toEqual([
    [
      'UNKNOWN_VALUE',
      'filter.appVersion.in',
      'did you mean "dev"? groupBy: [APP_VERSION] shows those that attempts had',
    ],
    ['UNKNOWN_VALUE', 'filter.locale.notIn', `did you mean "unknown"? ${shows}`],
  ])
  expect(
    await warned({
      ...{ locale: { in: ['TX'], notIn: ['tx'] }, appVersion: { range: '>=3 <2' }, outcome: { in: [] } },
      deviceType: { notIn: ['IOS', 'ANDROID', 'UNKNOWN'] },
    }),
  ).toEqual([
    ['EMPTY_FILTER', 'filter.deviceType', undefined],
    ['EMPTY_FILTER', 'filter.appVersion', undefined],
    ['EMPTY_FILTER', 'filter.locale', undefined],
    ['EMPTY_FILTER', 'filter.outcome', undefined],
  ])
})

test('a region of the US with locales outside it is told, and one with a locale in it is not', async () => {
  await count(['de-DE', 'TX', 'WA'], ['1.0', '1.0', '1.0'])
  const warned = async (filter: AttemptFilter) =>
    (await resolved(filter)).unknown.map(({ code, argument }) => [code, argument])
  const told = [['EMPTY_FILTER', 'filter.usRegion']]
  expect(await warned({ usRegion: { in: ['WEST'] }, locale: { in: ['de-DE'] } })).toEqual(told)
  expect(await warned({ usRegion: { in: ['WEST'] }, locale: { in: ['TX', 'de-DE'] } })).toEqual(told)
  expect(await warned({ usRegion: { notIn: ['OTHER'] }, locale: { startsWith: 'de-' } })).toEqual(told)
  expect(await warned({ usRegion: { in: ['WEST', 'SOUTH'] }, locale: { in: ['TX'] } })).toEqual([])
  expect(await warned({ usRegion: { in: ['OTHER'] }, locale: { in: ['de-DE'] } })).toEqual([])
  expect(await warned({ usRegion: { in: [] }, locale: { in: ['TX'] } })).toEqual([
    ['EMPTY_FILTER', 'filter.usRegion'],
  ])
})

test('a range of versions that cannot be read is refused, and so is one that takes long', async () => {
  const refused = (range: string) => resolved({ appVersion: { range } }).catch((error: unknown) => error)
  expect(await refused('newest')).toMatchObject({
    message:
      'filter.appVersion.range "newest" is no range of versions: write it as node-semver does, such as ">=2.3 <3" or "~2.3 || 3.x"',
  })
  const long = Array.from({ length: 21 }, (_, i) => `${i}.0.0`).join(' || ')
  expect(await refused(long)).toMatchObject({
    message: 'filter.appVersion.range has 21 comparators, more than the cap of 20: give a shorter one',
  })
})

test('the migration finds the values of a database that counted before it', async () => {
  await rollUpCounts(sql, TOPIC)
  await count(['pending'], ['9.9.9'])
  const [locales, versions] = [await known('locale'), await known('app_version')]
  await sql`drop table dimension_value`
  await sql`delete from migration where name like '0109%'`
  await migrate(sql)
  expect([await known('locale'), await known('app_version')]).toEqual([locales, versions])
})
