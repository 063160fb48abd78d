/** The query that GraphiQL opens with. It has an answer right after the first start, too. */
export const exampleQuery = `# Logins of the last 24 hours: Ctrl-Enter runs this query.
# The book icon at the left explains every field.
{
  measures(groupBy: [DEVICE_TYPE]) {
    total { attempts logins failures }
    groups { values logins failureRate share }
    freshness {
      databaseRole readAt watermark
      lag parkedOffsets isComplete
    }
  }
  places: measures(
    groupBy: [LOCALE]
    orderBy: { measure: LOGINS }
    first: 5
  ) {
    groups { values logins share }
    other { groupCount logins share }
  }
  ingestion {
    state
    lag
    partitions {
      partition state lag
      checkpoint endOffset worker
    }
    problems { component message }
  }
}
`
