import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PushedBlobs } from "../../images/push/pushed-blobs.ts";
import { checkPush, pushLayout, type PushAccess } from "../../images/push/push.ts";
import { UserError } from "../shared/io.ts";
import type { Func } from "./func.ts";
import { buildCache } from "./local-build.ts";
import { registryAccess } from "./registry-access.ts";
import type { Settings } from "./settings.ts";

/** Asks before anything is built whether the registry will take the image. @throws UserError with what was tried */
export async function canPush(func: Func, settings: Settings, reference: string): Promise<void> {
  using access = pushAccess(func, settings);
  const checked = await checkPush(access, reference, func.signal);
  if (checked.kind === "failed") throw new UserError(checked.message);
  if (checked.user !== undefined) {
    func.io.stderr.write(`Pushing function image to the registry "${checked.registry}" using the "${checked.user}" user credentials\n`);
  }
}

/** @throws UserError with the registry's own words */
export async function pushImage(
  func: Func,
  settings: Settings,
  { layout, reference }: { layout: string; reference: string },
): Promise<void> {
  using access = pushAccess(func, settings);
  const before = new PushedBlobs(join(buildCache(func.io.env), "pushed.json"));
  const pushed = await pushLayout(access, { layout, reference, pushed: before }, func.signal);
  if (pushed.kind === "failed") throw new UserError(pushed.message);
}

function pushAccess(func: Func, settings: Settings): PushAccess & Disposable {
  const access = registryAccess(func);
  const given = {
    username: settings.text("username"),
    password: settings.text("password"),
    token: settings.text("token"),
    authFile: settings.text("registry-authfile"),
  };
  const readAuthFile = (path: string) => readFile(resolve(func.io.cwd, path), "utf8").catch(() => undefined);
  return { ...access, given, readAuthFile, insecure: settings.isOn("registry-insecure") };
}
