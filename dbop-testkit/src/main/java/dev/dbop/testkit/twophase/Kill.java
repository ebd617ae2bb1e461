package dev.dbop.testkit.twophase;

import dev.dbop.sql.Database;
import dev.dbop.testkit.FaultProxy;
import java.util.function.Predicate;

/**
 * One kill of a coordinator.
 *
 * @param message the coordinator is at
 * @param branch it is sent to
 * @param moment of the kill
 * @param recoverers at work from before it
 */
public record Kill(Message message, int branch, Moment moment, int recoverers) {
    /** A message of the coordinator. */
    enum Message {
        INSERT_DECISION,
        WORK,
        PREPARE,
        COMMIT,
        COMMIT_PREPARED
    }

    /** When the coordinator is killed. After a reply is before the next message is sent, but for the last. */
    enum Moment {
        BEFORE_SENDING,
        /** It arrives when the coordinator is dead and recovery has looked. */
        IN_FLIGHT,
        WITHOUT_REPLY,
        AFTER_REPLY
    }

    @Override
    public String toString() {
        return message + "(" + branch + ") " + moment + ", recoverers: " + recoverers;
    }

    /** Whether what arrives late is work of an ordinary transaction, which nobody will commit. */
    boolean endsWithItsSession() {
        return moment == Moment.IN_FLIGHT && (message == Message.INSERT_DECISION || message == Message.WORK);
    }

    /** Whether the COMMIT of branch 0 is executed. */
    boolean decided() {
        return message == Message.COMMIT_PREPARED || (message == Message.COMMIT && moment != Moment.BEFORE_SENDING);
    }

    /** Knows the message on its way to a server. */
    Predicate<byte[]> text(Database database) {
        boolean postgres = database == Database.POSTGRESQL;
        return switch (message) {
            case INSERT_DECISION -> FaultProxy.containing("insert into");
            case WORK -> FaultProxy.containing("update acct");
            case PREPARE -> FaultProxy.containing(postgres ? "prepare transaction" : "xa prepare");
            // Not the "autocommit" of a driver that connects.
            case COMMIT ->
                FaultProxy.commit().and(FaultProxy.containing("autocommit").negate());
            case COMMIT_PREPARED -> FaultProxy.containing(postgres ? "commit prepared" : "xa commit");
        };
    }
}
