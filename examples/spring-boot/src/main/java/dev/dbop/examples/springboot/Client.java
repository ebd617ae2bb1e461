package dev.dbop.examples.springboot;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;

/** Somebody elsewhere, who has HTTP only. */
final class Client {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;

    Client(int port) {
        this.url = "http://localhost:" + port;
    }

    CompletableFuture<HttpResponse<String>> send(String id, int from, int to, int amount) {
        String json = "{\"id\": \"%s\", \"from\": %d, \"to\": %d, \"amount\": %d}".formatted(id, from, to, amount);
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/transfers"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return http.sendAsync(request, BodyHandlers.ofString());
    }

    String metrics() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + "/actuator/prometheus")).build();
        return http.send(request, BodyHandlers.ofString()).body();
    }
}
