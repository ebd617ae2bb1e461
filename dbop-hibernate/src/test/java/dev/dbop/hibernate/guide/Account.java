package dev.dbop.hibernate.guide;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.OneToMany;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;

/** An account. */
@Entity
@Table(name = "account")
class Account {
    @Id
    private int id;

    private int balance;

    @Version
    private int version;

    @OneToMany(mappedBy = "account")
    private List<Entry> entries = new ArrayList<>();

    Account() {}

    Account(int id, int balance) {
        this.id = id;
        this.balance = balance;
    }

    void add(int amount) {
        balance += amount;
    }

    int balance() {
        return balance;
    }

    List<Entry> entries() {
        return entries;
    }

    @Override
    public String toString() {
        return id + ": " + balance + ", version " + version;
    }
}
