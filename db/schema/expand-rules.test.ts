import { expect, test } from 'vitest'
import { breaches } from './expand-rules.ts'
import { parseMigration, readMigration, withinTransaction } from './migration-file.ts'
import { hashMigrations, readReleased } from './released-migrations.ts'
import { migrationFiles, schemaNumber } from './schema-version.ts'

/** Statements since the release before that do more than add, each with the reason why its code goes on nevertheless. */
const listed: Record<string, string> = {}

const released = await readReleased()
const since = await Promise.all(
  (await migrationFiles()).filter((name) => schemaNumber(name) > released.schema).map(readMigration),
)

test('code of the release before goes on beside every migration since: it only adds, and says so', () => {
  expect(
    breaches(since.map(withinTransaction)).filter(({ statement }) => listed[statement] === undefined),
  ).toEqual([])
  const stopping = since.filter(({ statements, schema }) => {
    const [, writer, reader] = /oldest_writer = (\d+), oldest_reader = (\d+);/.exec(statements) ?? []
    return [writer, reader].some((oldest) => Number(oldest ?? schema) > released.schema)
  })
  expect(stopping.map(({ name }) => `${name} stops ${released.version}`)).toEqual([])
})

test('a migration that a release has stays as it is', async () => {
  expect(await hashMigrations()).toMatchObject(released.files)
})

test.for([
  ['drop table batch', 'drops'],
  ['drop function append_audit_event(text)', 'drops'],
  ['alter table batch drop column status', 'drops'],
  ['alter table batch rename column status to state', 'renames'],
  ['alter table batch rename to batches', 'renames'],
  ['alter table batch alter column logins type bigint', 'changes a type'],
  ['alter table batch alter logins set data type bigint', 'changes a type'],
  ['alter table batch alter column reason set not null', 'refuses rows'],
  ['alter table batch add column region text not null', 'refuses rows'],
  ['alter table batch add region text not null', 'refuses rows'],
  ["alter table batch add column region text default ('x' || random()) not null", 'writes the table anew'],
  ['alter table batch add constraint few check (logins < 9)', 'reads all rows'],
  ['create index by_region on batch (region)', 'lets nobody write'],
  ['create unique index on public.batch (region)', 'lets nobody write'],
  [
    'create or replace function append_audit_event(event text) returns bigint as $$ select 1; $$ language sql',
    'calls',
  ],
  [
    'create trigger t before insert on batch for each row execute function f()',
    'changes what older code writes',
  ],
  ["update batch set status = 'x'", 'holds rows'],
  ['-- why\ninsert into batch select 1', 'holds rows'],
  ['truncate batch', 'holds rows'],
  ['lock table batch', 'holds a table'],
])('a migration is refused beside older code: %s', ([statement = '', why = '']) => {
  expect(breaches([`create table other (one integer); ${statement};`])).toEqual([
    { statement: statement.replace(/^--.*\n/, ''), why: expect.stringContaining(why) as string },
  ])
})

test('what only adds is none of that: columns with a default, tables of its own, indexes that are built concurrently', () => {
  const adds = `-- drop table batch; in a comment
    alter table batch add column region text not null default '';
    alter table batch add column note text;
    alter table batch add constraint few check (logins < 9) not valid;
    create table fresh (one integer not null, said text default 'drop table batch; ');
    create index on fresh (one);
    alter table fresh add constraint f check (one > 0);
    insert into fresh (one) values (1);
    create function f() returns void language sql as $$ drop table batch; $$;
    create trigger t before insert on fresh for each row execute function f();
    create index concurrently by_region on batch (region);
    update schema_version set oldest_writer = 129, oldest_reader = 129;`
  expect(breaches([adds])).toEqual([])
})

test('an index that is built concurrently is told from the rest of its file, and needs code that goes on', () => {
  const index = 'create index concurrently by_region on batch (region);'
  const fits = 'update schema_version set oldest_writer = 129, oldest_reader = 129;'
  const migration = parseMigration('0200_x.sql', `-- Why.\n${index}\n${fits}\n`)
  expect(migration).toMatchObject({
    schema: 200,
    fitsOlder: true,
    index: { name: 'by_region', statement: index },
  })
  expect(migration.statements).not.toContain('create index')
  expect(withinTransaction(migration)).toContain('create index by_region on batch (region);')
  expect(() => parseMigration('0200_x.sql', index)).toThrow(
    '0200_x.sql builds an index concurrently: it says',
  )
})
