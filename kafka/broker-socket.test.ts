import { expect, test } from 'vitest'
import { Responses } from './broker-socket.ts'

function responseOf(length: number, fill: number): Buffer {
  const response = Buffer.alloc(4 + length, fill)
  response.writeInt32BE(length)
  return response
}

/** What comes out of bytes that are read in pieces of a length, through one buffer. */
function readInPieces(bytes: Buffer, length: number): Buffer[] {
  const shared = Buffer.alloc(length)
  const responses: Buffer[] = []
  const reader = new Responses((response) => responses.push(response))
  for (let at = 0; at < bytes.length; at += length) {
    const count = bytes.copy(shared, 0, at)
    reader.add(shared.subarray(0, count))
  }
  return responses
}

test('responses come whole and in order, however they are cut on the way', () => {
  const responses = [responseOf(9, 1), responseOf(1, 2), responseOf(40, 3), responseOf(4, 4)]
  const bytes = Buffer.concat(responses)
  for (let length = 1; length <= bytes.length; length++)
    expect(readInPieces(bytes, length)).toEqual(responses)
})

test('a response without bytes is its size, and the next one comes whole', () => {
  const bytes = Buffer.concat([responseOf(0, 0), responseOf(5, 6)])
  for (let length = 1; length <= bytes.length; length++)
    expect(readInPieces(bytes, length)).toEqual([responseOf(0, 0), responseOf(5, 6)])
})

test('what no broker would send takes no memory, and is passed on as it comes', () => {
  const alert = Buffer.from([0x7f, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])
  for (let length = 1; length <= alert.length; length++)
    expect(Buffer.concat(readInPieces(alert, length))).toEqual(alert)
  const negative = Buffer.from([0xff, 0, 0, 0, 1, 2])
  expect(Buffer.concat(readInPieces(negative, 6)).subarray(0, 4)).toEqual(negative.subarray(0, 4))
})
