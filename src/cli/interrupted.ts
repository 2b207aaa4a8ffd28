/** Thrown after an interrupt by work that left something to go on with; the message says how. */
export class Interrupted extends Error {}
