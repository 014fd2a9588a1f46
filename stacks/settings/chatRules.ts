/** What must hold between chats, pipelines and the Region. */
import { AS_OF, regionOf } from "../../components/regions";
import type { Draft } from "./draft";
import { didYouMean, line } from "./problems";
import { SERVICES, since } from "./regions";

/** Names that no chat has, and chats that nothing is told to. */
export function chatNames({ chats, pipelines }: Draft): string[] {
  const known = chats.map(({ written }) => written).filter((each) => typeof each === "string");
  const wanted = pipelines.flatMap(({ key, chats: own }) =>
    own.map((name, i) => ({ key: `${key}.chats[${i}]`, name })),
  );
  const unknown = wanted
    .filter(({ name }) => !known.includes(name))
    .map(({ key, name }) =>
      line(
        key,
        name,
        known.length === 0
          ? "there is none: add it to 'chats' of tooling"
          : `${didYouMean(name, known)}allowed are ${JSON.stringify(known).slice(1, -1)}`,
      ),
    );
  const idle = chats
    .filter(({ name }) => name !== undefined && !wanted.some((each) => each.name === name))
    .map(({ key, name }) =>
      line(`${key}.name`, name, "no pipeline has it: add it to the 'chats' of one, or remove it here"),
    );
  return [...unknown, ...idle];
}

/** What AWS has not in that Region, which is one that has CodePipeline. */
export function chatRegions({ chats }: Draft, name: string): string[] {
  const region = regionOf(name);
  if (chats.length === 0 || region === undefined) return [];
  const written = chats.map((each) => each.written);
  const otherwise = "remove 'chats' and use mails, or a rule of your own (docs/chat.md)";
  if (region.partition !== "aws") {
    return [
      line(
        "chats",
        written,
        `Amazon Q Developer in chat applications is in no Region of partition ${region.partition}: ${otherwise}`,
      ),
    ];
  }
  return region.services.includes("notifications")
    ? []
    : [
        line(
          "chats",
          written,
          `${SERVICES.notifications} were not in ${name} on ${AS_OF}: ${otherwise}, or, ${since(name, ["notifications"])}`,
        ),
      ];
}
