/** Above this, a literal needs a longer tag. */
const LITERAL_MAX_BYTES = 60

/**
 * The bytes as Kafka's clients frame snappy (snappy-java's stream: its header, then one block), uncompressed inside: a
 * literal is valid snappy. For a few records; blocks of more than 127 bytes are not needed here.
 */
export function snappyBlock(bytes: Buffer): Buffer {
  if (bytes.length > 0x7f) throw new RangeError('only short blocks')
  const literals: Buffer[] = []
  for (let at = 0; at < bytes.length; at += LITERAL_MAX_BYTES) {
    const literal = bytes.subarray(at, at + LITERAL_MAX_BYTES)
    literals.push(Buffer.from([(literal.length - 1) << 2]), literal)
  }
  const block = Buffer.concat([Buffer.from([bytes.length]), ...literals])
  const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const length = Buffer.alloc(4)
  length.writeInt32BE(block.length)
  return Buffer.concat([header, length, block])
}
