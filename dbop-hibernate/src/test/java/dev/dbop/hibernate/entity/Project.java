package dev.dbop.hibernate.entity;

import jakarta.persistence.Cacheable;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Version;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.annotations.Cache;
import org.hibernate.annotations.CacheConcurrencyStrategy;

/** A versioned entity, cached, with something lazy. */
@Entity
@Cacheable
@Cache(usage = CacheConcurrencyStrategy.READ_WRITE)
public class Project {
    @Id
    private int id;

    @Version
    private int version;

    private String name = "";

    @ElementCollection
    private List<String> tasks = new ArrayList<>();

    protected Project() {}

    Project(int id, String name) {
        this.id = id;
        this.name = name;
    }

    int id() {
        return id;
    }

    int version() {
        return version;
    }

    String name() {
        return name;
    }

    void rename(String to) {
        name = to;
    }

    List<String> tasks() {
        return tasks;
    }
}
