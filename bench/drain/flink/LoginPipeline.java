import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableConfig;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * What a user of Flink SQL would run in Rollcall's place: reads logins from Kafka, publishes an enriched copy of each
 * exactly once, and keeps counts in Postgres by minute, device type, version and locale. With the argument "users" it
 * also keeps a row per user and day. The whole of Flink runs in this process, until it is killed.
 */
public final class LoginPipeline {
  private static final int PARALLELISM = 2;

  private static final String PUBLISH =
      """
      INSERT INTO enriched
      SELECT user_id, app_version, ip, locale, device_id, `timestamp`, device_type,
        FROM_UNIXTIME(`timestamp`, 'yyyy-MM-dd''T''HH:mm:ss''Z'''), source_partition, source_offset
      FROM known""";

  private static final String COUNT =
      """
      INSERT INTO login_count
      SELECT `timestamp` / 60 * 60, device_type, app_version, locale, COUNT(*)
      FROM known
      GROUP BY `timestamp` / 60 * 60, device_type, app_version, locale""";

  private static final String COUNT_USER_DAYS =
      """
      INSERT INTO user_day
      SELECT user_id, CAST(TO_TIMESTAMP_LTZ(`timestamp`, 0) AS DATE), COUNT(*), MIN(`timestamp`), MAX(`timestamp`)
      FROM known
      GROUP BY user_id, CAST(TO_TIMESTAMP_LTZ(`timestamp`, 0) AS DATE)""";

  public static void main(String[] arguments) throws Exception {
    StreamExecutionEnvironment streams = StreamExecutionEnvironment.getExecutionEnvironment(engine());
    streams.setParallelism(PARALLELISM);
    StreamTableEnvironment tables = StreamTableEnvironment.create(streams);
    planner(tables.getConfig());

    List.of(logins(), known(), enriched(), counts(), userDays()).forEach(tables::executeSql);

    // One set: its statements share one reader of the topic.
    StatementSet outputs = tables.createStatementSet();
    outputs.addInsertSql(PUBLISH);
    outputs.addInsertSql(COUNT);
    if (List.of(arguments).contains("users")) outputs.addInsertSql(COUNT_USER_DAYS);
    try {
      outputs.execute().await();
    } catch (ExecutionException failure) {
      // The log has the exceptions; of Flink's, nested a dozen deep, the benchmark should not show the frames.
      System.err.println("Flink failed: " + failure.getMessage());
      System.exit(1);
    }
  }

  private static Configuration engine() {
    return Configuration.fromMap(
        Map.of(
            "execution.checkpointing.interval", "1 s",
            "execution.checkpointing.mode", "EXACTLY_ONCE",
            "execution.checkpointing.storage", "filesystem",
            "execution.checkpointing.dir", "file://" + setting("CHECKPOINT_FOLDER"),
            "state.backend.type", "hashmap",
            "pipeline.object-reuse", "true",
            "taskmanager.memory.network.min", "128m",
            "taskmanager.memory.network.max", "128m",
            "taskmanager.numberOfTaskSlots", String.valueOf(PARALLELISM),
            // A failure ends the process: started again, it would be measured with the time that this takes.
            "restart-strategy.type", "none"));
  }

  private static void planner(TableConfig config) {
    config.set("table.exec.mini-batch.enabled", "true");
    config.set("table.exec.mini-batch.allow-latency", "1 s");
    config.set("table.exec.mini-batch.size", "50000");
    config.set("table.optimizer.agg-phase-strategy", "TWO_PHASE");
    config.set("table.local-time-zone", "UTC");
  }

  private static String logins() {
    return """
        CREATE TABLE logins (
          user_id STRING, app_version STRING, ip STRING, locale STRING, device_id STRING,
          `timestamp` BIGINT, device_type STRING,
          source_partition INT METADATA FROM 'partition' VIRTUAL,
          source_offset BIGINT METADATA FROM 'offset' VIRTUAL
        ) WITH (
          'connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s',
          'properties.group.id' = '%s', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json'
        )"""
        .formatted(setting("KAFKA_TOPIC"), setting("KAFKA_BROKERS"), setting("KAFKA_GROUP_ID"));
  }

  private static String known() {
    return """
        CREATE VIEW known AS
        SELECT user_id, app_version, ip, locale, device_id, `timestamp`,
          COALESCE(device_type, 'unknown') AS device_type, source_partition, source_offset
        FROM logins""";
  }

  private static String enriched() {
    return """
        CREATE TABLE enriched (
          user_id STRING, app_version STRING, ip STRING, locale STRING, device_id STRING,
          `timestamp` BIGINT, device_type STRING, event_time STRING, source_partition INT, source_offset BIGINT
        ) WITH (
          'connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s', 'format' = 'json',
          'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '%s',
          'properties.transaction.timeout.ms' = '600000',
          'properties.linger.ms' = '20', 'properties.batch.size' = '131072'
        )"""
        .formatted(setting("KAFKA_PROCESSED_TOPIC"), setting("KAFKA_BROKERS"), setting("KAFKA_GROUP_ID"));
  }

  private static String counts() {
    return """
        CREATE TABLE login_count (
          `minute` BIGINT, device_type STRING, app_version STRING, locale STRING, logins BIGINT,
          PRIMARY KEY (`minute`, device_type, app_version, locale) NOT ENFORCED
        )"""
        + postgres("login_count");
  }

  private static String userDays() {
    return """
        CREATE TABLE user_day (
          user_id STRING, `day` DATE, logins BIGINT, first_seen BIGINT, last_seen BIGINT,
          PRIMARY KEY (user_id, `day`) NOT ENFORCED
        )"""
        + postgres("user_day");
  }

  /** With its primary key, the connector upserts: what is written twice after a failure is counted once. */
  private static String postgres(String table) {
    return """
         WITH (
          'connector' = 'jdbc', 'url' = '%s', 'table-name' = '%s',
          'sink.buffer-flush.max-rows' = '5000', 'sink.buffer-flush.interval' = '1 s'
        )"""
        .formatted(setting("JDBC_URL"), table);
  }

  private static String setting(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) throw new IllegalArgumentException(name + " is not set");
    return value;
  }
}
