/**
 * `npm run demo`: containers' second interfaces get and give back addresses, through the real bridge and macvlan
 * plugins, and nothing is lost when the agent is killed.
 *
 * Exit status 0: everything that is promised was seen. 1: it was not, or the demo could not go on. 2: this user cannot
 * run it yet; the last line is the one command to run.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureTools } from "../test/tools/install.ts";
import { debianPlugins } from "../test/tools/places.ts";
import { openGround } from "./demo/ground.ts";
import { scenes } from "./demo/scenes.ts";
import { createStage, type Stage } from "./demo/stage.ts";
import { enterUserNamespace, mayMakeNamespaces } from "./demo/user-namespace.ts";

const begun = performance.now();
const stage = createStage(process.stdout, process.env);
// A reader that has seen enough (`head`) ends the demo; what it has made is removed on the way out.
process.stdout.on("error", () => process.exit(0));
process.exitCode = await main();

async function main(): Promise<number> {
  const tools = await ensureTools("demo", (line) => stage.say(line));
  if (tools.kind !== "ready") {
    console.error(tools.message);
    if (tools.kind === "refused") console.log(tools.command);
    return tools.kind === "refused" ? 2 : 1;
  }
  if (!mayMakeNamespaces()) return enterUserNamespace(import.meta.filename);
  const built = spawnSync(process.execPath, [join(import.meta.dirname, "build.ts")], { stdio: "inherit" });
  if (built.status !== 0) return 1;
  try {
    await play();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
  return close(stage);
}

async function play(): Promise<void> {
  await using ground = await openGround(stage);
  const { agentPid, place } = ground;
  stage.scene("Berth gives addresses to the second interfaces of containers");
  stage.say(
    `Here the containers are network namespaces, and the plugins the real bridge and macvlan of ${debianPlugins()}. ` +
      `The agent is process ${agentPid} with its state in ${place.directory}. Nothing else on this machine is touched.`,
  );
  for (const [index, { title, play: playScene }] of scenes.entries()) {
    stage.scene(`${index + 1}. ${title}`);
    await playScene(ground, stage);
  }
}

function close({ scene, say, kept, broken }: Stage): number {
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  scene("Done");
  if (broken() > 0) {
    say(
      `${broken()} of ${kept() + broken()} promises were broken, see BROKEN above. Please report this with the output.`,
    );
    return 1;
  }
  say(`All ${kept()} promises were kept, in ${seconds} s, and everything the demo made is gone again.`);
  say("What to try next:");
  say("  node dist/cli/main.mjs --help   berthctl, which printed the tables above");
  say("  README.md                       a definition for nerdctl or containerd");
  say("  npm test                        the same plugins, and many more crashes");
  return 0;
}
