package dev.dbop.examples.springboot;

/**
 * What a client asks for.
 *
 * @param id chosen by the client, the same when it asks again
 * @param from an account
 * @param to another one
 * @param amount what is moved
 */
record Transfer(String id, int from, int to, int amount) {}
