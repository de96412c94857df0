#!/usr/bin/env node
import { entry, launch } from "./launcher.js";

launch(entry("src/cli/func/main.ts"), process.argv.slice(2));
