package dev.dbop.hibernate.guide;

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** An entry of an account. */
@Entity
@Table(name = "entry")
class Entry {
    @Id
    private int id;

    @ManyToOne(fetch = FetchType.LAZY)
    private @Nullable Account account;

    Entry() {}

    Entry(int id, Account account) {
        this.id = id;
        this.account = account;
    }

    @Override
    public String toString() {
        return id + " of " + account;
    }
}
