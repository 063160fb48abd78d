import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { setSecurityHeaders } from './security-headers.ts'

function hstsFor(host: string, isHttps: boolean): string | undefined {
  const headers = new Map<string, string>()
  const response = { setHeader: (name: string, value: string) => headers.set(name, value) }
  setSecurityHeaders(response as unknown as ServerResponse, host, isHttps)
  return headers.get('strict-transport-security')
}

it('a browser that came by HTTPS stays with it, but for hosts where other programs answer by HTTP', () => {
  expect(hstsFor('rollcall.example:443', true)).toBe('max-age=31536000')
  expect(hstsFor('rollcall.example', false)).toBeUndefined()
  for (const host of ['localhost:4000', 'a.localhost', '127.0.0.1', '[::1]:4000', ''])
    expect(hstsFor(host, true), host).toBeUndefined()
})
