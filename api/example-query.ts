/** What GraphiQL opens with: it answers on a fresh start, and grows as logins arrive. */
export const exampleQuery = `# Logins of the last 24 hours: Ctrl-Enter runs it.
# The book at the left explains every field.
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
