import { posix } from 'node:path'
import { defineConfig } from 'eslint/config'
import tseslint from 'typescript-eslint'

// The architecture's import directions: a folder may import itself and the folders listed for it.
const mayImport = {
  domain: [],
  config: ['domain', 'tls', 'tracing'],
  tls: [],
  cli: ['config'],
  concurrency: [],
  probes: ['concurrency'],
  metrics: [],
  alerts: ['metrics'],
  dashboards: ['alerts'],
  tracing: ['domain', 'tls'],
  signatures: ['domain', 'concurrency'],
  temporal: ['config', 'tls'],
  db: ['domain', 'config', 'concurrency', 'tls', 'tracing'],
  kafka: ['domain', 'config', 'concurrency', 'tls'],
  audit: ['domain', 'config', 'concurrency', 'db', 'kafka'],
  workflows: ['domain'],
  activities: ['domain', 'config', 'concurrency', 'tracing', 'signatures', 'db', 'kafka', 'audit'],
  worker: [
    'domain',
    'config',
    'concurrency',
    'probes',
    'metrics',
    'tracing',
    'tls',
    'temporal',
    'signatures',
    'db',
    'kafka',
    'audit',
    'activities',
    'workflows',
  ],
  api: [
    'domain',
    'config',
    'concurrency',
    'probes',
    'metrics',
    'tracing',
    'tls',
    'temporal',
    'signatures',
    'db',
    'kafka',
    'audit',
    'workflows',
  ],
  generator: ['domain', 'config', 'cli', 'concurrency', 'kafka'],
}

// The same inside a folder: a room may import itself and the rooms listed for it.
const rooms = {
  domain: {
    time: [],
    login: ['time'],
    fields: ['login', 'time'],
    decode: ['login', 'fields'],
    columns: ['time', 'login', 'fields', 'decode'],
    counts: ['login', 'fields', 'time', 'columns'],

    sightings: ['login', 'time', 'columns', 'counts'],
    engagement: ['login', 'time', 'columns', 'counts', 'sightings'],
    measures: ['fields', 'time', 'counts', 'sightings', 'engagement'],
    access: ['audit'],
    audit: ['login'],
    pipeline: ['login', 'counts'],
    batch: ['access', 'login', 'time', 'decode', 'columns', 'sightings', 'counts', 'engagement', 'pipeline'],
  },
  db: {
    connection: [],
    access: ['connection', 'ledger'],
    roles: ['connection'],
    schema: ['connection', 'roles'],
    ingest: ['connection', 'schema'],
    'login-rows': ['connection'],
    rollups: ['connection', 'login-rows'],
    sessions: ['connection'],
    ledger: ['connection', 'ingest'],
    nodes: ['connection'],
    'read/access': ['access', 'nodes'],
    'read/counts': ['nodes', 'rollups'],
    'read/engagement': ['nodes', 'login-rows', 'rollups', 'read/counts', 'read/rows'],
    'read/rows': ['nodes', 'login-rows', 'rollups', 'read/counts'],
    'read/ledger': ['nodes', 'ledger', 'read/counts', 'read/rows'],
    'read/reconciliation': ['nodes', 'rollups', 'read/counts', 'read/rows'],
  },
  kafka: {
    records: [],
    sasl: [],
    topics: ['records'],
    write: ['records', 'topics'],
    read: ['records', 'topics', 'write'],
  },
  activities: {
    session: ['commands'],
    commands: [],
    decide: ['session'],
    publish: ['session', 'decide'],
    ingest: ['session', 'decide', 'publish'],
    replay: ['session', 'commands', 'decide', 'publish'],
  },
  api: {
    context: [],
    limits: ['context'],
    identity: ['context', 'limits'],
    questions: ['context'],
    sources: ['context'],
    pipeline: ['context', 'questions'],
    commands: ['context', 'identity', 'sources', 'plugins'],
    plugins: ['context', 'limits'],
    http: ['context', 'limits', 'pipeline'],
    live: ['context', 'limits'],
    metrics: ['context', 'limits', 'identity', 'pipeline', 'plugins'],
    tracing: ['context', 'limits', 'plugins'],
    'sign-in': ['context', 'limits', 'identity', 'http'],
    'schema/access': ['context', 'questions', 'schema/fields', 'schema/commands'],
    'schema/fields': ['context', 'questions', 'pipeline'],
    'schema/analytics': ['context', 'questions', 'plugins', 'schema/fields'],
    'schema/measures': ['context', 'questions', 'plugins', 'schema/fields'],
    'schema/pipeline': ['context', 'questions', 'pipeline', 'plugins', 'schema/fields', 'schema/analytics'],
    'schema/commands': ['context', 'commands', 'schema/fields', 'schema/pipeline'],
  },
}

// Resolvers get the outside world from their context alone, as handles that the response cache knows of (api/context/deps.ts).
const resolverRooms = Object.keys(rooms.api).filter(
  (room) => room === 'questions' || room === 'pipeline' || room.startsWith('schema/'),
)
const outsideWorld = [
  {
    regex: '^(node:|@temporalio/|(\\.\\./)+(kafka|config|temporal|db/connection|db/schema|db/ingest)/)',
    message: 'resolvers reach the outside world by their context alone (api/context/deps.ts)',
    allowTypeImports: true,
  },
  {
    regex:
      '/(request-reader|router|kafka-bounds|read-back|workflow-status|temporal-access|cache-validator)\\.ts$',
    message: 'resolvers get handles, and make none (api/context/deps.ts)',
    allowTypeImports: true,
  },
]
const clocks = [
  'NewExpression[callee.name="Date"][arguments.length=0]',
  'MemberExpression[property.name="now"][object.name=/^(Date|performance)$/]',
].map((selector) => ({
  selector,
  message: 'resolvers ask context.clock: a cached answer must not outlive its time',
}))
const environment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'only config/ reads the environment',
}

const folders = [...Object.keys(mayImport), 'stack', 'scripts', 'bench', 'test']

// Packages that only one folder may import, so that a swap or a fix has one place.
const ownedPackages = [
  { folder: 'kafka', patterns: ['kafkajs', 'kafkajs/*'] },
  { folder: 'db', patterns: ['postgres'] },
  { folder: 'api', patterns: ['ldapts'] },
  { folder: 'concurrency', patterns: ['p-timeout'] },
  { folder: 'tracing', patterns: ['@opentelemetry/*'] },
  { folder: 'dashboards', patterns: ['@grafana/*'] },
]
const unrestricted = ['stack', 'bench', 'test']

// The Web UI renders what it is given: text of callers must not reach it as markup.
const restrictedNames = {
  workflows: [
    {
      name: '@temporalio/workflow',
      importNames: ['setCurrentDetails'],
      message: 'show a page by showDetails (workflows/page/details.ts)',
    },
  ],
}

/** What lint is told of the files of a folder, or of one of its rooms. */
const direction = (folder, room = null) => {
  const allowed = [folder, ...(mayImport[folder] ?? folders)]
  const forbiddenFolders = folders.filter((other) => !allowed.includes(other))
  const patterns = [
    ...forbiddenFolders.map((other) => ({
      // A room may have the name of a folder.
      regex: `^(\\.\\./){${room === null ? 1 : room.split('/').length + 1},}${other}/`,
      message: `${folder}/ may import only: ${allowed.join(', ')} (see ARCHITECTURE.md, Folders and rooms)`,
      // Types cost nothing at run time; workflows type their activity proxies this way.
      allowTypeImports: folder === 'workflows' && other === 'activities',
    })),
    ...ownedPackages
      .filter((owned) => owned.folder !== folder)
      .map((owned) => ({ group: owned.patterns, message: `only ${owned.folder}/ imports this package` })),
    ...(folder === 'workflows' || folder === 'domain'
      ? [{ regex: '^node:', message: `${folder}/ is deterministic: no Node built-ins` }]
      : []),
  ]
  const inside = rooms[folder] ?? {}
  const forbiddenRooms =
    room === null ? [] : Object.keys(inside).filter((other) => ![room, ...inside[room]].includes(other))
  patterns.push(
    ...forbiddenRooms.map((other) => ({
      regex: `^${posix.relative(room, other).replaceAll('.', '\\.')}/`,
      message: `${folder}/${room}/ may import only these rooms of ${folder}/: ${inside[room].join(', ') || 'none'}`,
    })),
  )
  if (folder === 'api' && resolverRooms.includes(room)) patterns.push(...outsideWorld)
  // From the first level of its room on: what a request gets knows nothing of who asks for it.
  if (folder === 'api' && room === 'context')
    patterns.push({ regex: '^\\.\\./[^.]', message: 'api/context/ imports nothing else of api/' })
  return {
    files: [room === null ? `${folder}/**/*.ts` : `${folder}/${room}/**/*.ts`],
    ignores: ['**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: restrictedNames[folder] ?? [], patterns },
      ],
    },
  }
}

const directions = Object.keys(mayImport).flatMap((folder) => [
  direction(folder),
  ...Object.keys(rooms[folder] ?? {}).map((room) => direction(folder, room)),
])

export default defineConfig(
  { ignores: ['node_modules', '.rollcall', '**/*.mjs'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: [
            // It is marked so to warn of its use: the settings take plain HTTP for providers on loopback only.
            { from: 'package', package: 'openid-client', name: 'allowInsecureRequests' },
            // The classic form, which the files of Grafana 12 have.
            {
              from: 'package',
              package: '@grafana/grafana-foundation-sdk',
              name: ['Dashboard', 'DashboardBuilder'],
            },
          ],
        },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
    },
  },
  ...directions,
  {
    // Vitest types what a global set-up provides by merging into an interface of its own.
    files: ['test/support/global-setup.ts'],
    rules: { '@typescript-eslint/consistent-type-definitions': 'off' },
  },
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'Buffer'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'the time is an argument here' },
        { object: 'Math', property: 'random', message: 'no chance in deterministic code' },
      ],
    },
  },
  {
    files: folders
      .filter((f) => f !== 'config' && !unrestricted.includes(f) && f !== 'scripts')
      .map((f) => `${f}/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-syntax': ['error', environment],
    },
  },
  {
    files: resolverRooms.map((room) => `api/${room}/**/*.ts`),
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', environment, ...clocks] },
  },
  {
    // An answer is cached by the place of its snapshot: what Postgres makes of its own clock would outlive it there.
    files: ['db/read/**/*.ts'],
    // Whether workers live is asked for each time, on the primary.
    ignores: ['**/*.test.ts', 'db/read/ledger/workers.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        environment,
        {
          selector:
            'TemplateElement[value.raw=/\\bnow\\(\\)|clock_timestamp|current_(date|time)|localtime/i]',
          message: 'a query is given its moments: what it made of the clock of Postgres would be cached',
        },
      ],
    },
  },
  { files: ['**/*.ts'], ignores: ['**/*.test.ts'], rules: { 'max-lines': ['error', 250] } },
  {
    files: ['**/{util,utils,helper,helpers,common,misc,shared,types}.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'Program', message: 'name the file after what it is about' },
      ],
    },
  },
)
