import { end } from "../bringUp/commandLine";
import { run } from "./command";

end(run(process.argv.slice(2)));
