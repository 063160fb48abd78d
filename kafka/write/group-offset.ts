import { askCoordinator } from './coordinator.ts'
import { GROUP_COORDINATOR, sendRaw, throwForCode, type Cluster } from '../kafkajs-internals.ts'
import { compactString, int32, int8, WireReader } from '../records/wire.ts'

const OFFSET_FETCH = 9
/** The first version that can ask for stable offsets (KIP-447), Kafka 2.5. kafkajs stops at 5. */
const VERSION = 7

/**
 * Reads the committed offset of a group on a partition; null if there is none. If an open transaction may
 * still move the offset, it waits.
 * @throws kafkajs's UNSTABLE_OFFSET_COMMIT if that transaction does not end within about five seconds
 */
export async function readGroupOffset(
  cluster: Cluster,
  groupId: string,
  topic: string,
  partition: number,
): Promise<bigint | null> {
  return await askCoordinator(cluster, groupId, GROUP_COORDINATOR, async (coordinator) => {
    const payload = await sendRaw(coordinator, {
      apiKey: OFFSET_FETCH,
      apiVersion: VERSION,
      apiName: 'OffsetFetch',
      body: encode(groupId, topic, partition),
    })
    return decode(new WireReader(payload))
  })
}

const encode = (groupId: string, topic: string, partition: number): Buffer =>
  Buffer.concat([
    int8(0), // tags of the flexible request header, which kafkajs does not write
    compactString(groupId),
    int8(2), // one topic
    compactString(topic),
    int8(2), // one partition
    int32(partition),
    int8(0),
    int8(1), // require stable
    int8(0),
  ])

function decode(reader: WireReader): bigint | null {
  reader.tags() // of the response header
  reader.int32() // throttle time
  const [offset] = reader
    .compactArray(() => {
      reader.compactString()
      const partitions = reader.compactArray(() => {
        reader.int32() // partition
        const committed = reader.int64()
        reader.int32() // leader epoch
        reader.compactString() // metadata
        throwForCode(reader.int16())
        reader.tags()
        return committed
      })
      reader.tags()
      return partitions
    })
    .flat()
  throwForCode(reader.int16())
  // -1 means unknown, not 0: offsets of a group without members expire (offsets.retention.minutes).
  return offset === undefined || offset < 0n ? null : offset
}
