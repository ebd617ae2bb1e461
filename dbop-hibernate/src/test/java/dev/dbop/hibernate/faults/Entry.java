package dev.dbop.hibernate.faults;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row that is inserted, and may belong to an account. */
@Entity
@Table(name = "entry")
class Entry {
    @Id
    private int id;

    @Column(name = "acct")
    private int account;

    Entry() {}

    Entry(int id, int account) {
        this.id = id;
        this.account = account;
    }

    @Override
    public String toString() {
        return id + " of account " + account;
    }
}
