/** Started by `fails` in worlds.ts: one operation in a process of its own. What a failed program leaves behind ends with it. */
import { type Operation, type Options, run } from "./stack";
import { World } from "./world";

export interface Task {
  readonly folder: string;
  readonly project: string;
  readonly stack: string;
  readonly operation: Operation;
  readonly options: Options;
}

process.on("unhandledRejection", () => undefined); // the engine has told it, or is gone
process.once("message", ({ folder, project, stack, operation, options }: Task) => {
  void run(World.open(folder, project), stack, operation, options).then((ran) => {
    process.send?.(ran, undefined, undefined, () => process.exit());
  });
});
