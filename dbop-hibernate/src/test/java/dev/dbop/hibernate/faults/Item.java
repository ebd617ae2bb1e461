package dev.dbop.hibernate.faults;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;

/** A row with a version. */
@Entity
@Table(name = "item")
class Item {
    @Id
    private int id;

    private int stock;

    @Version
    private int version;

    void take(int pieces) {
        stock -= pieces;
    }

    @Override
    public String toString() {
        return id + ": " + stock + " in version " + version;
    }
}
