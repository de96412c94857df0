/** What `kinetic doctor` asks of the node's drivers. */
export { examineOci, findProgram } from "../../control/node/drivers/oci/requirements.ts";
