/** Whether Kafka accepts the name of a topic (org.apache.kafka.common.internals.Topic). */
export const isTopicName = (name: string): boolean =>
  /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
