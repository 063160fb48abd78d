/** The query that GraphiQL opens with. It has an answer right after the first start, too. */
export const exampleQuery = `# Logins of the last 24 hours: Ctrl-Enter runs this query.
# The book icon at the left explains every field.
{
  loginCounts(bucket: HOUR, groupBy: [DEVICE_TYPE], fillGaps: false) {
    ... on LoginCounts {
      series { deviceType total points { start logins } }
      freshness {
        source readAt watermark
        lag parkedOffsets complete
      }
    }
    ... on Error { message }
  }
  topValues(dimension: LOCALE, first: 5) {
    ... on TopValues {
      totalLogins
      values { value logins share }
      other { values logins share }
    }
    ... on Error { message }
  }
  ingestion {
    ... on Ingestion {
      state
      lag
      partitions {
        partition state lag
        checkpoint endOffset worker
      }
      problems { part message }
    }
    ... on Error { message }
  }
}
`
