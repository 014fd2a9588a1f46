/** Whether some text fits both of two patterns with `*` and `?`. */
function bothFit(one: string, other: string): boolean {
  const known = new Map<number, boolean>();
  const fit = (i: number, j: number): boolean => {
    if (i === one.length && j === other.length) return true;
    const at = i * (other.length + 1) + j;
    const before = known.get(at);
    if (before !== undefined) return before;
    const [a, b] = [one[i], other[j]];
    let found: boolean;
    if (a === "*") found = fit(i + 1, j) || (b !== undefined && fit(i, j + 1));
    else if (b === "*") found = fit(i, j + 1) || (a !== undefined && fit(i + 1, j));
    else
      found = a !== undefined && b !== undefined && (a === b || a === "?" || b === "?") && fit(i + 1, j + 1);
    known.set(at, found);
    return found;
  };
  return fit(0, 0);
}

/** The six parts of an ARN; those that a final `*` stands for as well are `*`. */
function parts(arn: string): string[] {
  const all = arn.split(":");
  const six = all.length > 6 ? [...all.slice(0, 5), all.slice(5).join(":")] : all;
  return six.at(-1)?.endsWith("*") ? [...six, ...Array<string>(6 - six.length).fill("*")] : six;
}

/**
 * Whether a Resource of a policy can name something of this form: `arn:${Partition}:s3:::${BucketName}`.
 * Part by part, so that a wildcard in one does not swallow the next. Variables of policies count as wildcards.
 */
export function fitsForm(resource: string, form: string): boolean {
  const of = known.get(form) ?? new Map<string, boolean>();
  known.set(form, of);
  const found = of.get(resource) ?? compared(resource, form);
  of.set(resource, found);
  return found;
}

/** By form and resource: a statement with many actions asks the same of each. */
const known = new Map<string, Map<string, boolean>>();

function compared(resource: string, form: string): boolean {
  const [written, documented] = [resource, form].map((each) => parts(each.replace(/\$\{[^}]*\}/g, "*")));
  if (written?.length !== 6 || documented?.length !== 6) return false;
  return written.every((part, index) => bothFit(part, documented[index] ?? ""));
}
