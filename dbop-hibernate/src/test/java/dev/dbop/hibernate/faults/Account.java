package dev.dbop.hibernate.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A row that is changed. */
@Entity
@Table(name = "acct")
class Account {
    @Id
    private int id;

    private int bal;

    Account() {}

    Account(int id) {
        this.id = id;
    }

    void add(int amount) {
        bal += amount;
    }

    @Override
    public String toString() {
        return id + ": " + bal;
    }
}
