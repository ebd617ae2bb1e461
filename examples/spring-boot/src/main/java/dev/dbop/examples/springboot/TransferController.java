package dev.dbop.examples.springboot;

import java.util.Objects;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Takes transfers, and says in each answer whether asking again may help. */
@RestController
class TransferController {
    private final Bank bank;

    TransferController(Bank bank) {
        this.bank = bank;
    }

    @PostMapping("/transfers")
    Transfer transfer(@RequestBody Transfer asked) {
        bank.transfer(asked);
        return asked;
    }

    // snippet: problems
    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(TransferFailedException failed) {
        return switch (failed.reason()) {
            case OUTCOME_UNKNOWN -> again("it is not known whether the transfer was done");
            case RETRIES_EXHAUSTED, DEADLINE, BUDGET_EMPTY, INTERRUPTED -> again("the transfer was not done");
            case NOT_OF_THE_DATABASE -> refused(failed);
            case NOT_RETRYABLE, BEYOND_REACH, ERROR -> throw failed; // a mistake of ours: 500
        };
    }

    /** The id keeps the transfer from being done twice. */
    private static ResponseEntity<ProblemDetail> again(String title) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "Send it again with the same id: it is done once.");
        problem.setTitle(title);
        return ResponseEntity.of(problem).header(HttpHeaders.RETRY_AFTER, "1").build();
    }
    // end snippet

    private static ResponseEntity<ProblemDetail> refused(TransferFailedException failed) {
        String why = Objects.requireNonNull(failed.getCause()).getMessage();
        return ResponseEntity.of(ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_CONTENT, why))
                .build();
    }
}
