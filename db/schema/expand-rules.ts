import { splitStatements } from './split-statements.ts'

// What a migration may do while code of the release before runs: add. docs/upgrades.md has the rules in words.

type Rule = { pattern: RegExp; why: string }

/** Each pattern has the name of what is changed in its group `of`, if it may be new. */
const rules: readonly Rule[] = [
  {
    pattern: /^drop (?:table|view|materialized view|function|type|sequence|index|schema)\b/,
    why: 'drops what older code may use',
  },
  { pattern: /^drop trigger \S+ on (?<of>\S+)/, why: 'drops what older code relies on' },
  { pattern: /^alter table (?:only )?(?<of>\S+).*\bdrop\b/, why: 'drops what older code may use' },
  { pattern: /^alter \S+ (?<of>\S+).*\brename\b/, why: 'renames what older code uses' },
  {
    pattern: /^alter table (?:only )?(?<of>\S+).* (?:set data )?type /,
    why: 'changes a type, and writes the table anew',
  },
  { pattern: /^alter table (?:only )?(?<of>\S+).*\bset not null\b/, why: 'refuses rows of older code' },
  {
    pattern: /^alter table (?:only )?(?<of>\S+).*\badd (?:column )?(?!.*\bdefault\b).*\bnot null\b/,
    why: 'refuses rows of older code: the column needs a default',
  },
  {
    pattern:
      /^alter table (?:only )?(?<of>\S+).*\badd column .*\bdefault\b.*(?:random|nextval|clock_timestamp|identity|generated)/,
    why: 'writes the table anew: each row has another default',
  },
  {
    pattern:
      /^alter table (?:only )?(?<of>\S+).*\badd (?:constraint|check|unique|primary|foreign|exclude)(?!.*\bnot valid\b)/,
    why: 'reads all rows under a lock: add it not valid, and validate it a release later',
  },
  {
    pattern: /^create (?:unique )?index (?!concurrently\b).*?\bon (?:only )?(?<of>[\w.]+)/,
    why: 'lets nobody write while it is built: create it concurrently',
  },
  { pattern: /^create or replace\b/, why: 'changes what older code calls' },
  {
    pattern: /^create (?:constraint )?trigger .*? on (?<of>[\w.]+)/,
    why: 'changes what older code writes, or refuses it',
  },
  {
    pattern:
      /^(?:update|delete from|truncate(?: table)?|merge into|insert into) (?!schema_version\b)(?<of>[\w.]+)/,
    why: 'holds rows that older code writes, until all are done: let upkeep do it, a few at a time',
  },
  { pattern: /^(?:lock|cluster|vacuum full|reindex)\b/, why: 'holds a table' },
]

/** A statement that code of the release before may not survive. */
export type Breach = { statement: string; why: string }

/**
 * The statements of migrations that do more than add to what was there before.
 * @param texts of the migrations since a release, in their order
 */
export function breaches(texts: readonly string[]): Breach[] {
  const statements = texts.flatMap(splitStatements)
  const made = new Set(statements.flatMap(madeBy))
  return statements.flatMap((statement) => {
    const rule = rules.find(({ pattern }) => {
      const found = pattern.exec(statement.toLowerCase())
      return found !== null && !made.has(bare(found.groups?.['of'] ?? ''))
    })
    return rule === undefined ? [] : [{ statement, why: rule.why }]
  })
}

/** The table that a statement makes: there were no rows and no code for it. */
const madeBy = (statement: string): string[] => {
  const name = /^create table (?:if not exists )?(?<name>[\w.]+)/.exec(statement.toLowerCase())?.groups?.[
    'name'
  ]
  return name === undefined ? [] : [bare(name)]
}

const bare = (name: string): string => name.replace(/^public\./, '').replace(/[(;,].*$/, '')
