import { answerCommand } from "./pipelines/answerCommand";
import { run } from "./command";

run("approve", (args) => answerCommand("approve", args));
