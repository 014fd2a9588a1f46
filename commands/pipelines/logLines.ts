/** Lines that others have written, on our terminal. Pure. */
import { plain } from "../format";

/** What others have written moves no cursor, and writes to no clipboard. */
export const harmless = (line: string): string => plain(line).replace(/[^\P{Cc}\t]/gu, "");
