package dev.dbop.examples.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** Says how far a way is: in one line that is rewritten on a terminal, in a line every few seconds elsewhere. */
final class Progress {
    private static final int BAR_WIDTH = 8;

    private final PrintStream out;
    private final boolean terminal;
    private final String title;
    private final Duration limit;
    private final Tally tally;
    private final long start = System.nanoTime();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::show, "progress");

    private Progress(PrintStream out, boolean terminal, String title, Duration limit, Tally tally) {
        this.out = out;
        this.terminal = terminal;
        this.title = title;
        this.limit = limit;
        this.tally = tally;
    }

    static Progress begin(PrintStream out, String title, Duration limit, Tally tally) {
        Progress progress = new Progress(out, CommandLine.Help.Ansi.AUTO.enabled(), title, limit, tally);
        progress.thread.setDaemon(true);
        progress.thread.start();
        return progress;
    }

    void end() throws InterruptedException {
        ended.countDown();
        thread.join();
        out.print(terminal ? "\r" + line() + "\n" : line() + "\n");
        out.flush();
    }

    private void show() {
        Duration pause = terminal ? Duration.ofMillis(200) : Duration.ofSeconds(5);
        try {
            while (!ended.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                out.print(terminal ? "\r" + line() : line() + "\n");
                out.flush();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private String line() {
        double seconds = (System.nanoTime() - start) / 1e9;
        int full = (int) Math.min(BAR_WIDTH, seconds * BAR_WIDTH / Math.max(1, limit.toSeconds()));
        String bar = terminal ? "#".repeat(full) + ".".repeat(BAR_WIDTH - full) + " " : "";
        return String.format(Locale.ROOT, "%-16s %s%3.0f s %s", title, bar, seconds, tally);
    }
}
