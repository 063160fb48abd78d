import { expect, test } from 'vitest'
import { isTraceparent, isTracestate, traceContextOf } from './trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const parent = `00-${TRACE}-${SPAN}-01`

const bytes = (text: string) => Buffer.from(text, 'utf8')
const header = (name: string, value: string | null) => [name, value === null ? null : bytes(value)] as const
const textsOf = (headers: (readonly [string, Buffer | null])[]) => {
  const context = traceContextOf(headers)
  return context && [context.traceparent, ...context.tracestates].map(String)
}

test.each([
  ['of version 00', parent],
  ['not sampled', `00-${TRACE}-${SPAN}-00`],
  ['with the random flag of level 2', `00-${TRACE}-${SPAN}-03`],
  ['with flags that no level knows', `00-${TRACE}-${SPAN}-ff`],
  ['of a later version', `cc-${TRACE}-${SPAN}-01`],
  ['of a later version with more behind it', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`],
  ['of a later version with a hyphen behind it', `01-${TRACE}-${SPAN}-01-`],
])('a traceparent %s is one', (_, text) => {
  expect(isTraceparent(bytes(text))).toBe(true)
})

test.each([
  ['empty', ''],
  ['of the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
  ['of version 00 with more behind it', `${parent}-more`],
  ['of version 00 with a hyphen behind it', `${parent}-`],
  ['of a later version with more that no hyphen parts', `cc-${TRACE}-${SPAN}-01.more`],
  ['of a later version that is too long', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(73)}`],
  ['of a later version with a line break', `cc-${TRACE}-${SPAN}-01-a\r\nb`],
  ['in capitals', parent.toUpperCase()],
  ['with one capital in its trace id', `00-${TRACE.replace('a', 'A')}-${SPAN}-01`],
  ['with a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['with a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['with a short trace id', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['with a long trace id', `00-${TRACE}a-${SPAN}-01`],
  ['with letters beyond f', `00-${TRACE.replace('a', 'g')}-${SPAN}-01`],
  ['without flags', `00-${TRACE}-${SPAN}`],
  ['with one digit of flags', `00-${TRACE}-${SPAN}-1`],
  ['with blanks around it', ` ${parent} `],
  ['with a line break behind it', `${parent}\n`],
  ['with another separator', parent.replaceAll('-', '_')],
])('a text %s is no traceparent', (_, text) => {
  expect(isTraceparent(bytes(text))).toBe(false)
})

test.each([
  ['of one member', 'rojo=00f067aa0ba902b7'],
  ['of several members, with blanks and a tab', 'rojo=00f067aa0ba902b7 ,\tcongo=t61rcWkgMzE'],
  ['of a tenant', '1tenant@system=1'],
  ['with every character of a key', 'a_-*/0=1'],
  ['with a blank inside of a value', 'a=1 2'],
  ['with empty members', 'a=1,,b=2,'],
  ['without members', ''],
  ['of 32 members', Array.from({ length: 32 }, (_, n) => `k${n}=1`).join()],
  ['of 512 characters', `a=${'x'.repeat(252)},b=${'y'.repeat(255)}`],
])('a tracestate %s is one', (_, text) => {
  expect(isTracestate(text)).toBe(true)
})

test.each([
  ['without a value', 'a='],
  ['without an equals sign', 'a'],
  ['without a key', '=1'],
  ['with a key in capitals', 'A=1'],
  ['with a key that begins with a sign', '@a=1'],
  ['with an equals sign inside of a value', 'a=1=2'],
  ['with a control character', 'a=1\u0000'],
  ['with a letter beyond ASCII', 'a=é'],
  ['with one key twice', 'a=1,b=2,a=3'],
  ['of 33 members', Array.from({ length: 33 }, (_, n) => `k${n}=1`).join()],
  ['of 513 characters', `a=${'x'.repeat(253)},b=${'y'.repeat(255)}`],
  ['with a key of 257 characters', `${'k'.repeat(257)}=1`],
])('a text %s is no tracestate', (_, text) => {
  expect(isTracestate(text)).toBe(false)
})

test('a record has the trace context of its headers, whatever else they are', () => {
  const state = header('tracestate', 'rojo=1')
  const other = header('content-type', 'application/json')
  expect(textsOf([other, header('traceparent', parent), state])).toEqual([parent, 'rojo=1'])
  expect(textsOf([state, header('traceparent', parent), other])).toEqual([parent, 'rojo=1'])
  expect(textsOf([header('traceparent', parent), state, header('tracestate', 'b=2')])).toEqual([
    parent,
    'rojo=1',
    'b=2',
  ])
})

test('a malformed traceparent leaves nothing, a malformed tracestate leaves the traceparent', () => {
  const state = header('tracestate', 'rojo=1')
  expect(textsOf([state])).toBeNull()
  expect(textsOf([header('traceparent', `${parent}0`), state])).toBeNull()
  expect(textsOf([header('traceparent', null), state])).toBeNull()
  expect(textsOf([header('traceparent', parent.replace('a', 'á'))])).toBeNull()
  expect(textsOf([header('Traceparent', parent)])).toBeNull()
  expect(textsOf([header('traceparent', parent), header('tracestate', '=')])).toEqual([parent])
  expect(textsOf([header('traceparent', parent), header('tracestate', 'x'.repeat(1e6))])).toEqual([parent])
  expect(textsOf([header('traceparent', parent), header('tracestate', null)])).toEqual([parent, ''])
  expect(textsOf([header('traceparent', parent), state, header('tracestate', 'rojo=2')])).toEqual([parent])
})

test('two traceparents contradict each other, and none is carried', () => {
  expect(textsOf([header('traceparent', parent), header('traceparent', parent)])).toBeNull()
  expect(textsOf([header('traceparent', parent), header('traceparent', 'no')])).toBeNull()
})

test('a megabyte of traceparent and a thousand of tracestates are refused without being read', () => {
  expect(textsOf([header('traceparent', `cc-${TRACE}-${SPAN}-01-${'x'.repeat(1e6)}`)])).toBeNull()
  const states = Array.from({ length: 1_000 }, (_, n) => header('tracestate', `k${n}=1`))
  expect(textsOf([header('traceparent', parent), ...states])).toEqual([parent])
})
