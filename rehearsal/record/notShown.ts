/** Something that a rehearsal cannot show, and what would. */
export interface NotShown {
  readonly what: string;
  readonly shownBy: string;
}
