import { describe, expect, it } from 'vitest'
import { formatReadToken } from '../../db/nodes/read-token.ts'
import { limits } from './limits.ts'
import { formatPosition, parsePosition } from './position-text.ts'
import { parseReadAfter } from './read-after.ts'

const token = { system: '7', timeline: 1, position: 99n }
const answer = {
  topic: 'user-login',
  partitions: new Map([
    [0, { incarnation: 0, nextOffset: 1_523n, changes: 0n }],
    [12, { incarnation: 2, nextOffset: 2n ** 53n, changes: 4n }],
  ]),
}

describe('x-rollcall-read-after', () => {
  it('may name tokens, answers and places in Kafka, several of each', () => {
    const named = [
      'kafka:user-login/0@1523',
      'event:e-20240710-4711',
      `event:${encodeURIComponent('Ä, 100%')}`,
      formatReadToken(token),
      formatPosition(answer),
      `kafka:a.b_c-d/${2 ** 31 - 1}@${2n ** 63n - 1n}`,
    ]
    expect(parseReadAfter(named.join(' , '))).toEqual({
      tokens: [token],
      records: {
        offsets: [
          { topic: 'user-login', partition: 0, offset: 1_523n },
          { topic: 'a.b_c-d', partition: 2 ** 31 - 1, offset: 2n ** 63n - 1n },
        ],
        events: ['e-20240710-4711', 'Ä, 100%'],
        answers: [answer],
      },
    })
    expect(parseReadAfter(null)).toEqual({ tokens: [], records: { offsets: [], events: [], answers: [] } })
  })

  it.each(
    [
      ['', 'soon', 'kafka', 'Kafka:user-login/0@1', 'p1/user-login/0:0:1:0', ','],
      ['kafka:', 'kafka:user-login/0', 'kafka:user-login/0@', 'kafka:user-login@5', 'kafka:/0@5'],
      ['kafka:user-login/0@-1', 'kafka:user-login/-1@1', 'kafka:user-login/0@1.5', 'kafka:user-login/0@0x1'],
      [
        `kafka:user-login/0@${2n ** 63n}`,
        `kafka:user-login/0@${'9'.repeat(400)}`,
        `kafka:user-login/${2 ** 31}@1`,
      ],
      ['kafka:user login/0@1', 'kafka:user-login/0@1;2', 'kafka:../0@1/0@1', `kafka:${'t'.repeat(250)}/0@1`],
      ['event:', 'event:%', 'event:%00', 'event:%20', 'event:%FF', `event:${'e'.repeat(129)}`, 'Event:e'],
      ['kafka:user-login/0@1,', ',kafka:user-login/0@1', 'kafka:user-login/0@1,soon'],
      [`${'kafka:user-login/0@1,'.repeat(limits.readAfter)}kafka:user-login/0@1`],
      [
        Buffer.from('p1/user-login/0:0:1').toString('base64url'),
        Buffer.from('p1/a/0:0:-1:0').toString('base64url'),
      ],
    ].flat(),
  )('is refused in words that say what it may be: %s', (text) => {
    expect(parseReadAfter(text)).toMatch(/kafka:<topic>|event:<event_id>|may name 50/)
  })
})

it('the position of an answer is what it was, sent back', () => {
  expect(parsePosition(formatPosition(answer))).toEqual(answer)
  const empty = { topic: 'user-login', partitions: new Map() }
  expect(parsePosition(formatPosition(empty))).toEqual(empty)
})
