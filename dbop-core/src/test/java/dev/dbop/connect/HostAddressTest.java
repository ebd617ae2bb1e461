package dev.dbop.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "h",
                "db-1.example.org",
                "db.",
                "my_host",
                "127.0.0.1",
                "xn--bcher-kva.example",
                "/run/postgresql",
                "/",
                "::",
                "::1",
                "1::",
                "fe80::1:2",
                "2001:DB8::8:800:200C:417a",
                "1:2:3:4:5:6:7:8",
                "::ffff:10.0.0.1",
                "1:2:3:4:5:6:10.0.0.1",
                "1::2:3:4:5:6:7"
            })
    void takesNamesAddressesAndSocketFolders(String host) {
        assertThat(new HostAddress(host, 1).host()).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "-a",
                "a-",
                "a@b",
                "a/b",
                "a,b",
                "bücher.example",
                "a%20",
                "[::1]",
                "a:1",
                ":",
                "1:",
                ":1",
                "1:2",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2:3:4:5:6:7:8",
                "12345::",
                "::g",
                "fe80::1%eth0",
                "::1.2.3",
                "::256.0.0.1",
                "10.0.0.1::",
                "/a,b",
                "/a\nb",
                "h\n",
                "*"
            })
    void refusesWhatIsNoHost(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HostAddress(host, 1))
                .withMessageStartingWith("host '" + host + "' must be");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void refusesWhatIsNoPort(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HostAddress("h", port))
                .withMessage("port " + port + " must be from 1 to 65535");
    }

    @ParameterizedTest
    @CsvSource({"h,h:7", "10.0.0.1,10.0.0.1:7", "::1,[::1]:7", "/run/pg,/run/pg:7", "/odd:name,/odd:name:7"})
    void isWrittenAsInUrls(String host, String text) {
        assertThat(new HostAddress(host, 7)).hasToString(text);
    }

    @Test
    void socketIsAFolder() {
        assertThat(new HostAddress("/run", 5432).isSocket()).isTrue();
        assertThat(new HostAddress("run", 5432).isSocket()).isFalse();
    }
}
