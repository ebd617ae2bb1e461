package dev.dbop.docs.reference;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the types of the large packages are about, in the order a reader meets them. */
final class ApiTopics {
    private ApiTopics() {}

    static Map<String, List<String>> of(String name) {
        return switch (name) {
            case "dev.dbop" -> core();
            case "dev.dbop.sql" -> sql();
            case "dev.dbop.jdbc" -> jdbc();
            default -> Map.of();
        };
    }

    private static Map<String, List<String>> core() {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        topics.put("calls", List.of("DbopRunner", "Dbop", "Operation", "VoidOperation", "AsyncOperation", "Retried"));
        topics.put(
                "policy",
                List.of("RetryPolicy", "Backoff", "RetryBudget", "Timeouts", "TimeoutRule", "Deadline", "Classifier"));
        topics.put(
                "what happened",
                List.of(
                        "Outcome",
                        "AttemptRecord",
                        "GiveUpReason",
                        "Verdict",
                        "Phase",
                        "DbopException",
                        "OutcomeUnknownException",
                        "AttemptTimeoutException"));
        topics.put("events", List.of("RunListener", "RunEvent", "LoggingListener"));
        topics.put(
                "scopes",
                List.of(
                        "Scope",
                        "AttemptScope",
                        "Attempt",
                        "AsyncAttemptScope",
                        "AsyncAttempt",
                        "AttemptContext",
                        "Reach",
                        "LayeredScope",
                        "LayeredAttempt",
                        "PreAttemptHook",
                        "AsyncPreAttemptHook"));
        topics.put("commit probes", List.of("CommitProbe", "AsyncCommitProbe", "CommitStatus"));
        topics.put("time and chance", List.of("Ticker", "Sleeper", "Scheduler", "RandomSource"));
        return topics;
    }

    private static Map<String, List<String>> sql() {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        topics.put("databases", List.of("Database", "Isolation", "LockMode", "TableName"));
        topics.put("faults", List.of("FaultTable", "Fault", "FaultKind", "Undone", "ServerError"));
        topics.put("tables of dbop's own", List.of("TokenTable", "DecisionTable"));
        topics.put(
                "statements, for scopes of one's own",
                List.of(
                        "DatabaseSql",
                        "PostgresSql",
                        "MySqlSql",
                        "BranchSql",
                        "LinkSql",
                        "RoleSql",
                        "RowWatchSql",
                        "TableLockSql",
                        "TruncateSql",
                        "StatementText",
                        "ServerIdentity"));
        return topics;
    }

    private static Map<String, List<String>> jdbc() {
        Map<String, List<String>> topics = new LinkedHashMap<>();
        topics.put(
                "attempts",
                List.of("JdbcScope", "JdbcClassifier", "JdbcCommitProbe", "JdbcTimeouts", "ConnectionSource"));
        topics.put(
                "two-phase commit",
                List.of(
                        "TwoPhase",
                        "TwoPhaseTransaction",
                        "Recovery",
                        "RecoveryReport",
                        "RecoveryTask",
                        "RecoveryCommand",
                        "InDoubt"));
        return topics;
    }
}
