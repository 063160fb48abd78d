/** What `npm run bench` prints when its arguments are wrong. */
export const usage = `npm run bench -- [drain|paced|idle|live|scale|queries] [options]     without a command: drain and paced

  drain   how fast a preloaded topic is counted and published
  paced   how long after its scheduled time a login shows in GraphQL, at a fixed rate
  idle    how much CPU the parts use at 2 logins a second, with worker and API and without, in turns
  live    what it costs an API to send one live question to many subscribers, and how long after its scheduled time a login
          has reached them all
  scale   what a login costs in topics of several sizes and numbers of partitions
  queries how long GraphQL takes to answer over a year of counts, and which questions take more than 200 ms

  --events N     logins of the drained topic (1000000)
  --users N      distinct users among them (100000; with --flink 50000)
  --rate N       paced: logins a second (half of the drain rate, which is measured first)
  --seconds N    paced: how long (30)
  --baseline     also run a plain Kafka consumer without Temporal, in turns with Rollcall
  --against REF  drain or paced (with --rate): also run the code of another commit, in turns with this one, each with a
                 database of its own; prints median and range of the ratios of the pairs
  --flink        drain: also run Flink SQL, with counts and a row per user and day and with counts alone, in turns with
                 Rollcall; --events come after 200000 to warm up; fetches Flink and needs a JDK 17
  --tls          drain: also on a second stack whose wires are all encrypted, with client certificates, in turns; prints the
                 ratios of encrypted to plain
  --rounds N     how often (1; with --against, --flink, --tls and a list of --workers 5); more than one prints median and range
  --workers N    drain: worker processes, which share the partitions (1); a list such as 1,2 runs the numbers in turns,
                 with 200000 logins for each worker to warm up, and prints the ratios of the most to each of the others
  --partitions N drain: partitions of the topic and of the outputs (4)
  --messages F   drain: form of the logins (plain): blanks (as Python's json.dumps writes them), unknown-keys (two in each,
                 one of them an object), non-ascii (text in a field that is kept), event-ids (a UUID in each), outcomes (90 of 100
                 succeed in a session, 8 fail for a reason, 2 say what is no outcome)

idle measures each turn for --seconds N (60), after --settle N (60), at --rate N (2), --rounds N times (2)

live has --subscribers N (1000) on one API, while logins arrive at --rate N a second (100) for --seconds N (600), after 20 s to
warm up

scale drains five topics, in turns, each after 200000 logins to warm up, which are not measured:
  --events N     logins in 4 partitions, to which the others are compared: a quarter and five times as many in 4 partitions,
                 and as many in 1 and in 32 (2000000)
  --users N      users, with two devices and three addresses each (50000)
  --rounds N     how often (1); more than one prints median and range
  --picture FILE writes the curves as an SVG picture

queries fills a database, in two minutes as it is by default, and keeps it for the next run with the same size:
  --logins N     logins that are kept as rows, of the last 30 days (2000000)
  --users N      users, devices and addresses (300000)
  --days N       days of counts (365)
  --repeat N     times that each question is asked alone, and then by four clients (20)
  --plans        prints the plans of what took more than 200 ms
  --against REF  asks the questions of another commit, too, in turns, each side with a database and documents of its own, and
                 prints the ratios of what both call by the same name; --rounds N turns of each side (5)
  --remove       removes what earlier runs filled, and ends`
