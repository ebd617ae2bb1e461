package dev.dbop.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FaultsPageTest {
    /** Tests run in their module's directory, one below the root. */
    private static final Path PAGE =
            Path.of("").toAbsolutePath().resolveSibling("docs").resolve("reference/faults.md");

    @Test
    void thePageInTheDocumentationIsUpToDate() throws IOException {
        String page = FaultsPage.render();
        if (Boolean.getBoolean("dbop.docs.update")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE)
                .as("stale; run the tests of dbop-core with -Ddbop.docs.update=true")
                .exists()
                .hasContent(page);
    }

    @Test
    void everyRowOfEveryDatabaseIsOnThePage() {
        String page = FaultsPage.render();
        for (Database database : Database.values()) {
            for (Fault fault : database.faults().faults()) {
                assertThat(page).contains("`" + fault.code() + "`").contains(fault.reason());
            }
        }
    }
}
