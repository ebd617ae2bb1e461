package dev.dbop.examples.hibernate;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** An account. */
@Entity
class Account {
    static final int OF_THE_BANK = 9;

    @Id
    private int id;

    private int balance;

    Account() {}

    Account(int id, int balance) {
        this.id = id;
        this.balance = balance;
    }

    int id() {
        return id;
    }

    int balance() {
        return balance;
    }

    void add(int amount) {
        balance += amount;
    }
}
