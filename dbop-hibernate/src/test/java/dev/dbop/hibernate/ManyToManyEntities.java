package dev.dbop.hibernate;

import jakarta.persistence.AttributeConverter;
import jakarta.persistence.Cacheable;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.Version;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.SoftDelete;

/** Many-to-many in all its shapes. */
final class ManyToManyEntities {
    static final Class<?>[] ALL = {
        Page.class, Report.class, Tag.class, Shelf.class, Seat.class, Node.class, Draft.class, Odd.class
    };

    private ManyToManyEntities() {}

    @Entity(name = "Page")
    @Inheritance(strategy = InheritanceType.JOINED)
    @Cacheable
    static class Page {
        @Id
        long id;

        @Version
        int version;

        @ManyToMany
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Set<Tag> tags = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "page_next")
        Set<Page> next = new HashSet<>();

        Page() {}

        Page(long id) {
            this.id = id;
        }
    }

    @Entity(name = "Report")
    static class Report extends Page {
        @ManyToMany
        @JoinTable(name = "report_subject")
        @OrderBy("name DESC")
        Set<Tag> subjects = new LinkedHashSet<>();

        Report() {}

        Report(long id) {
            super(id);
        }
    }

    @Entity(name = "Tag")
    @Cacheable
    static class Tag {
        @Id
        long id;

        String name = "";

        @ManyToMany(mappedBy = "tags")
        @Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
        Set<Page> pages = new HashSet<>();

        Tag() {}

        Tag(long id) {
            this.id = id;
            this.name = "tag " + id;
        }
    }

    enum Room {
        HALL,
        CELLAR
    }

    record Code(String text) implements Serializable {}

    static class CodeConverter implements AttributeConverter<Code, String> {
        @Override
        public String convertToDatabaseColumn(Code code) {
            return code.text().toUpperCase(Locale.ROOT);
        }

        @Override
        public Code convertToEntityAttribute(String column) {
            return new Code(column.toLowerCase(Locale.ROOT));
        }
    }

    @Embeddable
    static class ShelfId implements Serializable {
        private static final long serialVersionUID = 1;

        @Enumerated(EnumType.STRING)
        @Column(length = 20)
        Room room = Room.HALL;

        @Convert(converter = CodeConverter.class)
        @Column(length = 20)
        Code code = new Code("");

        ShelfId() {}

        ShelfId(Room room, String code) {
            this.room = room;
            this.code = new Code(code);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof ShelfId that && room == that.room && code.equals(that.code);
        }

        @Override
        public int hashCode() {
            return code.hashCode();
        }
    }

    @Entity(name = "Shelf")
    static class Shelf {
        @EmbeddedId
        ShelfId id = new ShelfId();

        @ManyToMany
        Set<Seat> seats = new HashSet<>();

        Shelf() {}

        Shelf(Room room, String code) {
            this.id = new ShelfId(room, code);
        }
    }

    static class SeatId implements Serializable {
        private static final long serialVersionUID = 1;

        int seatRow;
        int seatNumber;

        SeatId() {}

        SeatId(int seatRow, int seatNumber) {
            this.seatRow = seatRow;
            this.seatNumber = seatNumber;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SeatId that && seatRow == that.seatRow && seatNumber == that.seatNumber;
        }

        @Override
        public int hashCode() {
            return seatRow * 31 + seatNumber;
        }
    }

    @Entity(name = "Seat")
    @IdClass(SeatId.class)
    static class Seat {
        @Id
        int seatRow;

        @Id
        int seatNumber;

        @ManyToMany
        Set<Shelf> shelves = new HashSet<>();

        Seat() {}

        Seat(int seatRow, int seatNumber) {
            this.seatRow = seatRow;
            this.seatNumber = seatNumber;
        }
    }

    @Entity(name = "Node")
    static class Node {
        @Id
        UUID id = UUID.randomUUID();

        @ManyToMany
        @JoinTable(
                name = "`Odd links`",
                joinColumns = @JoinColumn(name = "`from`"),
                inverseJoinColumns = @JoinColumn(name = "`Select?`"))
        Set<Node> ends = new HashSet<>();

        @ManyToMany
        @JoinTable(
                name = "checked_link",
                joinColumns = @JoinColumn(name = "node_id"),
                inverseJoinColumns = @JoinColumn(name = "tag_id"))
        Set<Tag> checkedTags = new HashSet<>();
    }

    @Entity(name = "Draft")
    static class Draft {
        @Id
        @GeneratedValue
        UUID id;

        @ManyToMany
        Set<Tag> tags = new HashSet<>();
    }

    /** What cannot be written, or only with care. */
    @Entity(name = "Odd")
    static class Odd {
        @Id
        long id;

        String name;

        @ManyToMany
        @JoinTable(name = "odd_bag")
        List<Tag> bag = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "odd_ordered")
        @OrderColumn
        List<Tag> ordered = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "odd_map")
        @MapKeyColumn(name = "map_key", length = 20)
        Map<String, Tag> map = new HashMap<>();

        @ManyToMany
        @JoinTable(name = "odd_soft")
        @SoftDelete
        Set<Tag> soft = new HashSet<>();

        @ManyToMany
        @JoinTable(name = "odd_fixed")
        @Immutable
        Set<Tag> fixed = new HashSet<>();

        @ElementCollection
        Set<String> words = new HashSet<>();

        @OneToMany
        @JoinColumn(name = "odd_id")
        Set<Draft> drafts = new HashSet<>();

        @OneToMany
        @JoinTable(name = "odd_table")
        Set<Tag> single = new HashSet<>();
    }
}
