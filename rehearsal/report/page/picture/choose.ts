import type { Arrow } from "../reach/arrows";
import type { Thing } from "../reach/thing";

/** One picture: a pipeline and what it leads to. */
export interface Picture {
  readonly title: string;
  readonly things: readonly Thing[];
  readonly arrows: readonly Arrow[];
}

/** More environments than this are shown one by one. */
const TOGETHER = 3;

const LEADS = ["starts", "takes role", "passes role"];
const leads = ({ verbs }: Arrow): boolean => verbs.some((each) => LEADS.includes(each));

/** What somebody sets going, directly or through others, and who sets these going. */
function ledTo(first: readonly Thing[], arrows: readonly Arrow[]): Set<Thing> {
  const found = new Set(first);
  const next = [...first];
  const leading = arrows.filter(leads);
  for (let each = next.pop(); each; each = next.pop()) {
    const others = leading.flatMap(({ from, to }) => (from === each ? [to] : to === each ? [from] : []));
    for (const other of others) {
      if (!other.role || found.has(other)) continue;
      found.add(other);
      next.push(other);
    }
  }
  return found;
}

/** Those who ask, and whatever they ask for. */
function around(askers: ReadonlySet<Thing>, { things, arrows }: Omit<Picture, "title">): Set<Thing> {
  const asked = arrows.filter(({ from, to }) => askers.has(from) && !to.role).map(({ to }) => to);
  const all = new Set([...askers, ...asked]);
  for (const { from, to } of arrows) if (all.has(from) && !to.role) all.add(to);
  return new Set(things.filter((each) => all.has(each)));
}

const among = (title: string, chosen: ReadonlySet<Thing>, arrows: readonly Arrow[]): Picture => ({
  title,
  things: [...chosen],
  arrows: arrows.filter(({ from, to }) => chosen.has(from) && chosen.has(to)),
});

/** One picture for each environment: it, and what of the pipeline's own is not there for another one alone. */
function apart({ title, things, arrows }: Picture, home: string | undefined): Picture[] {
  const environments = [...new Set(things.map(({ stack }) => stack))].filter((each) => each !== home);
  if (environments.length <= TOGETHER) return [{ title, things, arrows }];
  return environments.map((environment) => {
    const chosen = things.filter((thing) => {
      if (thing.stack !== home) return thing.stack === environment;
      const reached = arrows
        .filter(({ from, to }) => from === thing && to.stack !== home)
        .map(({ to }) => to.stack);
      return reached.length === 0 || reached.includes(environment);
    });
    return among(`${title}, ${environment}`, new Set(chosen), arrows);
  });
}

/** A picture for each pipeline, and one of whoever is in none. */
export function picturesOf(things: readonly Thing[], arrows: readonly Arrow[]): Picture[] {
  const pipelines = things.filter(({ arns }) => arns.some((arn) => arn.split(":")[2] === "codepipeline"));
  const whole = pipelines.map((pipeline) => {
    const readers = arrows.filter(({ to }) => to === pipeline).map(({ from }) => from);
    const chosen = around(ledTo([pipeline, ...readers], arrows), { things, arrows });
    const name =
      pipeline.arns
        .find((arn) => arn.split(":")[2] === "codepipeline")
        ?.split(":")
        .at(-1) ?? pipeline.name;
    return { home: pipeline.stack, picture: among(`Pipeline ${name}`, chosen, arrows) };
  });
  const shown = new Set(whole.flatMap(({ picture }) => picture.things));
  const rest = around(new Set(things.filter((each) => each.role && !shown.has(each))), { things, arrows });
  const pictures = whole.flatMap(({ home, picture }) => apart(picture, home));
  return rest.size === 0 ? pictures : [...pictures, among("In no pipeline", rest, arrows)];
}
