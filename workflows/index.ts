export { ingestPartition } from './ingest-partition.ts'
export { ingestTopic } from './ingest-topic.ts'
export { replayBatch } from './replay-batch.ts'
