package dev.dbop.examples.demo;

/**
 * A transfer of money that somebody has ordered.
 *
 * @param id unique in a run: what is in the database can be counted transfer by transfer
 * @param payer the account the money leaves
 * @param payee the account the money goes to; another one
 * @param amount how much, in cents
 */
record Transfer(long id, int payer, int payee, long amount) {}
