export const pause = `mutation ($reason: String!, $partitions: [Int!]) {
  pauseIngestion(reason: $reason, partitions: $partitions) {
    __typename
    ... on IngestionCommandSuccess { partitions { state nextOffset } }
    ... on Error { message }
  }
}`
export const resume = pause.replace('pauseIngestion', 'resumeIngestion')
