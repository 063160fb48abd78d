import { readFileSync } from 'node:fs'
import { Ajv, type AnySchema } from 'ajv'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const text = read('docker-compose.yml')

type Service = {
  image: string
  user?: string
  restart?: string
  read_only?: boolean
  tmpfs?: string[]
  mem_limit?: string
  cpus?: number
  cap_drop?: string[]
  cap_add?: string[]
  privileged?: boolean
  security_opt?: string[]
  logging?: { options: Record<string, string> }
  networks?: string[]
  network_mode?: string
  ports?: string[]
  volumes?: string[]
  command?: string[]
  environment?: Record<string, string | number>
  depends_on?: Record<string, { condition: string }>
}
const compose = parse(text, { merge: true, maxAliasCount: -1 }) as {
  services: Record<string, Service>
  volumes: Record<string, null>
}
const services = Object.entries(compose.services)
const named = (...names: string[]) => services.filter(([name]) => names.includes(name))
const secretsOf = ({ volumes = [] }: Service) =>
  volumes.flatMap((volume) => /^secret-(\w+):/.exec(volume)?.[1] ?? [])

it('docker-compose.yml is what the Compose specification allows', () => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  formats.default(ajv)
  const schema = JSON.parse(read('node_modules/dclint/schemas/compose.schema.json')) as AnySchema & {
    $schema?: string
  }
  // Its keywords are those of draft 7, too, which is the one that Ajv knows without more.
  delete schema.$schema
  const validate = ajv.compile(schema)
  expect(validate(compose), JSON.stringify(validate.errors)).toBe(true)
})

describe('no password', () => {
  it('is in the file', () => {
    expect(text).not.toMatch(/:\/\/[^/\s:@]+:[^/\s@]+@/)
    const given = services.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(
          ([variable, value]) =>
            /PASSWORD$|PWD$|SECRET$|_KEY$/.test(variable) && !/^\$\{\w+:-\}$/.test(String(value)),
        )
        .map(([variable]) => `${variable} of ${name}`),
    )
    expect(given).toEqual([])
  })

  it('is seen by others than those who need it', () => {
    expect(
      Object.fromEntries(
        services.map(([name, service]) => [name, secretsOf(service)]).filter(([, all]) => all?.length),
      ),
    ).toEqual({
      secrets: ['superuser', 'admin', 'migrate', 'ingest', 'api', 'temporal', 'replicator'],
      postgres: ['superuser', 'admin', 'temporal', 'replicator'],
      'postgres-replica': ['replicator'],
      'temporal-schema': ['temporal'],
      temporal: ['temporal'],
      topics: ['ingest'],
      migrations: ['admin', 'migrate', 'ingest', 'api'],
      worker: ['ingest'],
      api: ['api'],
    })
  })

  it('is asked for before it is made', () => {
    const waits = (name: string): boolean => {
      const { depends_on = {} } = compose.services[name] as Service
      return Object.keys(depends_on).some((other) => other === 'secrets' || waits(other))
    }
    for (const [name, service] of services)
      if (name !== 'secrets' && secretsOf(service).length > 0)
        expect([name, waits(name)]).toEqual([name, true])
  })

  it('file is another one than its mount has', () => {
    for (const [name, service] of services)
      for (const [variable, value] of Object.entries(service.environment ?? {}))
        if (String(value).startsWith('/run/secrets/'))
          expect([
            name,
            variable,
            secretsOf(service).map((secret) => `/run/secrets/${secret}/password`),
          ]).toEqual([name, variable, expect.arrayContaining([value])])
  })
})

describe('every container', () => {
  it.each(services)('%s may do nothing that it need not, and takes no more than its share', (_, service) => {
    expect(service).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/) as string,
      cpus: expect.any(Number) as number,
      pids_limit: expect.any(Number) as number,
      logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
    })
    expect([service.cap_add, service.privileged]).toEqual([undefined, undefined])
  })

  it('has a read-only root, except those whose start scripts write beside their programs', () => {
    const writable = services
      .filter(([, { read_only: isReadOnly }]) => isReadOnly !== true)
      .map(([name]) => name)
    expect(writable).toEqual(['kafka', 'temporal-ui'])
  })

  it('of a worker lets the compiler of workflows load what it unpacks into /tmp, which Docker does not by default', () => {
    expect(compose.services['worker']?.tmpfs).toEqual(['/tmp:exec,size=64m'])
  })

  it('is reached from loopback alone', () => {
    for (const [, { ports = [] }] of services)
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/)
  })

  it('is in the network of what people look at only if they do', () => {
    const front = services.filter(([, { networks = [] }]) => networks.includes('front')).map(([name]) => name)
    expect(front).toEqual(['temporal-ui', 'api'])
    expect(
      services.filter(([, { networks = [] }]) => !networks.includes('back')).map(([name]) => name),
    ).toEqual(['secrets'])
  })

  it('starts again as it should: parts with the machine, others unless they cannot start at all', () => {
    const parts = named('kafka', 'postgres', 'postgres-replica', 'temporal', 'temporal-ui')
    expect(parts.map(([, { restart }]) => restart)).toEqual(parts.map(() => 'unless-stopped'))
    const others = services.filter((service) => !parts.includes(service))
    expect(others.map(([, { restart }]) => restart)).toEqual(others.map(() => 'on-failure:10'))
  })
})

it('no process signs in as a superuser, and none that stays as an administrator', () => {
  const urls = services.flatMap(([name, { environment = {} }]) =>
    Object.values(environment).flatMap((value) => {
      const user = /^postgres:\/\/([^@]+)@/.exec(String(value))?.[1]
      return user === undefined ? [] : [`${name} as ${user}`]
    }),
  )
  expect([...new Set(urls)]).toEqual([
    'topics as rollcall_ingest',
    'migrations as rollcall_admin',
    'worker as rollcall_ingest',
    'api as rollcall_api',
  ])
})

it('a stopped replica cannot fill the disk of the primary', () => {
  expect(compose.services['postgres']?.command).toContain('max_slot_wal_keep_size=4GB')
})
