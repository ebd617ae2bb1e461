package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import dev.dbop.testkit.*;
import java.time.Duration;
public final class Demo {
    public static void main(String[] args) throws Exception {
        Plan plan = new Plan(Database.valueOf(args[0].toUpperCase(java.util.Locale.ROOT)), 16, Duration.ofSeconds(Integer.parseInt(args[1])), 42);
        try (TestServer server = TestServers.start(plan.database())) {
            for (Approach a : Approach.values()) {
                Round r = new Round(plan, a);
                RoundResult x = r.run(server);
                System.out.println(a.title() + " " + r.tally() + " elapsed " + x.elapsed());
                for (Audit.Finding f : Audit.Finding.values()) System.out.println("   " + f + " " + x.count(f));
                for (Told.Belief f : Told.Belief.values()) System.out.println("   told " + f + " " + x.count(f));
                for (dev.dbop.Verdict f : dev.dbop.Verdict.values()) System.out.println("   after " + f + " " + x.retriesAfter(f));
                System.out.println("  resolved " + x.resolvedOutcomes() + " cents " + x.doubledCents() + " /s " + x.donePerSecond() + " p50 " + x.latency(.5).toMillis()+ " p99 " + x.latency(.99).toMillis() + " max " + x.latency(1).toMillis() + " wrong " + x.audit().wrongBalances());
            }
        }
    }
}
