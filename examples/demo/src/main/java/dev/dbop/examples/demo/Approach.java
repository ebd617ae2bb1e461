package dev.dbop.examples.demo;

import javax.sql.DataSource;

/** The three ways to do the same work, in the order in which they run. */
enum Approach {
    NO_RETRY("no retry", "Every failure goes to the caller.") {
        @Override
        Teller teller(DataSource source, Lane lane) {
            return new PlainTeller(source, lane);
        }
    },
    BLIND_LOOP("blind retry loop", "Any SQLException: the step again, then all of it again, COMMIT included.") {
        @Override
        Teller teller(DataSource source, Lane lane) {
            return new BlindTeller(source, lane);
        }
    },
    DBOP("dbop", "Undoes what the failure calls for, and looks before it repeats a commit.") {
        @Override
        Teller teller(DataSource source, Lane lane) {
            return new DbopTeller(source, lane);
        }
    };

    private final String title;
    private final String summary;

    Approach(String title, String summary) {
        this.title = title;
        this.summary = summary;
    }

    abstract Teller teller(DataSource source, Lane lane);

    String title() {
        return title;
    }

    String summary() {
        return summary;
    }
}
