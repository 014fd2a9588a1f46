/** What a terminal shows while something takes long: what it is and for how long, on one line that goes with its end. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const SECOND = 1000;
/** Back to the begin of the line, and all of it gone. */
const CLEAR = "\r\u001b[K";

/** The same outcome; without a terminal nothing is shown. */
export async function shownWhile<T>(
  what: string,
  work: Promise<T>,
  screen: Screen = process.stdout,
): Promise<T> {
  if (screen.isTTY !== true) return work;
  const begun = Date.now();
  const show = (): void =>
    void screen.write(`${CLEAR}    ${what} … ${Math.round((Date.now() - begun) / SECOND)} s`);
  show();
  const timer = setInterval(show, SECOND);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    screen.write(CLEAR);
  }
}
