/** Something that AWS's documentation, or this model, says nothing about: no verdict is better than a guess. */
export class NotKnown extends Error {}

/** Whether one statement applies, AWS's pages do not say. The verdict may be the same either way. */
export class Unresolved extends NotKnown {}

export function notKnown(problem: string): never {
  throw new NotKnown(problem);
}
