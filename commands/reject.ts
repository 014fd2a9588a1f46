import { answerCommand } from "./pipelines/answerCommand";
import { run } from "./command";

run("reject", (args) => answerCommand("reject", args));
