// Runs a script of this repository under the Node that Kinetic needs: `node bin/node.js tools/test.ts ...`.
// Plain JavaScript for old Nodes: it must load under Node 18.
import { launch } from "./launcher.js";

launch(process.argv[2], process.argv.slice(3));
