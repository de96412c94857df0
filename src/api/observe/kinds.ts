import type { Kind } from "../meta/kind.ts";
import { deadLetterKind } from "./dead-letter.ts";
import { eventRecordKind } from "./event-record.ts";
import { redriveKind } from "./redrive.ts";
import { replayKind } from "./replay.ts";

export const observeKinds = [deadLetterKind, eventRecordKind, redriveKind, replayKind] as unknown as readonly Kind[];
