package dev.dbop.hibernate;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a watch of entities has to cope with: rows in several tables, converted and embedded values, associations. */
final class HibernateRowWatchEntities {
    private HibernateRowWatchEntities() {}

    @Entity(name = "watched_owner")
    static class Owner {
        @Id
        int id;

        String name;
    }

    /** One table for the base, one of its own for what is printed. */
    @Entity(name = "watched_job")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Job {
        @Id
        int id;

        @Version
        int version;

        @Convert(converter = StateText.class)
        State state;

        byte[] result;

        @Embedded
        Span span;

        @ManyToOne(fetch = FetchType.LAZY)
        Owner owner;

        @ElementCollection
        List<String> tags = new ArrayList<>();
    }

    @Entity(name = "watched_print")
    @SecondaryTable(name = "watched_paper")
    static class Print extends Job {
        int pages;

        @Column(table = "watched_paper")
        String format;
    }

    enum State {
        NEW,
        DONE
    }

    @Embeddable
    static class Span {
        @Nullable
        Integer began;

        @Nullable
        Integer ended;
    }

    static class StateText implements AttributeConverter<State, String> {
        @Override
        public String convertToDatabaseColumn(State state) {
            return state.name().substring(0, 1);
        }

        @Override
        public State convertToEntityAttribute(String text) {
            return text.equals("N") ? State.NEW : State.DONE;
        }
    }
}
