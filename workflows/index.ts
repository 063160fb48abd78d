export { ingestPartition } from './ingest-partition.ts'
export { ingestTopic } from './ingest-topic.ts'
export { reconcileTopic } from './reconcile-topic.ts'
