import { expect, it } from 'vitest'
import { setSettings } from './set-settings.ts'
import { settingNames } from './config.ts'

const given = (env: Record<string, string>) => Object.fromEntries(setSettings(env, settingNames))

it('knows which settings are secrets, those with a password in a URL, too', () => {
  expect(
    given({
      KAFKA_TOPIC: 'logins',
      KAFKA_SASL_PASSWORD: 'x',
      AUDIT_SIGNING_KEY: 'x',
      AUDIT_SIGNING_KEY_FILE: '/run/key',
      PSEUDONYM_KEY: 'x',
      TEMPORAL_API_KEY: 'x',
      KAFKA_OAUTHBEARER_CLIENT_SECRET: 'x',
      DATABASE_URL: 'postgres://rollcall:secret@db/rollcall',
      DATABASE_REPLICA_URLS: 'postgres://rollcall@db/rollcall?password=secret',
      HOME: '/root',
      LOG_LEVEL: '',
    }),
  ).toEqual({
    KAFKA_TOPIC: { value: 'logins', isSecret: false },
    KAFKA_SASL_PASSWORD: { value: 'x', isSecret: true },
    AUDIT_SIGNING_KEY: { value: 'x', isSecret: true },
    AUDIT_SIGNING_KEY_FILE: { value: '/run/key', isSecret: false },
    PSEUDONYM_KEY: { value: 'x', isSecret: true },
    TEMPORAL_API_KEY: { value: 'x', isSecret: true },
    KAFKA_OAUTHBEARER_CLIENT_SECRET: { value: 'x', isSecret: true },
    DATABASE_URL: expect.objectContaining({ isSecret: true }) as object,
    DATABASE_REPLICA_URLS: expect.objectContaining({ isSecret: true }) as object,
  })
})
