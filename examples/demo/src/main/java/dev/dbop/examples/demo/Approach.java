package dev.dbop.examples.demo;

import dev.dbop.sql.Database;
import javax.sql.DataSource;

/** The four ways to do the same work, in the order in which they run. */
enum Approach {
    NO_RETRY("no retry", "Every failure goes to the caller.") {
        @Override
        Teller teller(DataSource source, Database database, Lane lane) {
            return new PlainTeller(source, lane);
        }
    },
    BLIND_LOOP("blind retry loop", "Any SQLException: the step again, then all of it, COMMIT too.") {
        @Override
        Teller teller(DataSource source, Database database, Lane lane) {
            return new BlindTeller(source, lane);
        }
    },
    CAREFUL_LOOP("careful loop", "Known SQLSTATEs: all of it again. No answer to COMMIT: it stops.") {
        @Override
        Teller teller(DataSource source, Database database, Lane lane) {
            return new CarefulTeller(source, lane);
        }
    },
    DBOP("dbop", "Undoes what a failure calls for; asks before it repeats a COMMIT.") {
        @Override
        Teller teller(DataSource source, Database database, Lane lane) {
            return new DbopTeller(source, database, lane);
        }
    };

    private final String title;
    private final String summary;

    Approach(String title, String summary) {
        this.title = title;
        this.summary = summary;
    }

    abstract Teller teller(DataSource source, Database database, Lane lane);

    String title() {
        return title;
    }

    String summary() {
        return summary;
    }
}
