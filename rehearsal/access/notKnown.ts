/** Something that AWS's documentation, or this model, says nothing about: no verdict is better than a guess. */
export class NotKnown extends Error {}

export function notKnown(problem: string): never {
  throw new NotKnown(problem);
}
