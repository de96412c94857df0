import type { Command } from "commander";
import type { KReference } from "../../../api/duck/destination.ts";
import { UserError } from "../../shared/io.ts";
import { deliveryOptions, withDelivery, type DeliveryFlags } from "../eventing/delivery-flags.ts";
import { createCommandOf } from "../eventing/commands.ts";
import { BROKER } from "../eventing/refs.ts";
import { text } from "../flags.ts";
import type { Kn } from "../kn.ts";

const CLASS_ANNOTATION = "eventing.knative.dev/broker.class";

interface BrokerCreateFlags extends DeliveryFlags {
  readonly class?: string;
  readonly brokerConfig?: string;
}

export function brokerCreateCommand(kn: Kn): Command {
  return createCommandOf<NonNullable<(typeof BROKER)["object"]>, BrokerCreateFlags>(kn, {
    kind: BROKER,
    usage: "NAME",
    description: "Create a broker",
    nameMissing: "'broker create' requires the broker name given as single argument",
    options: [
      text("--class <string>", "Broker class like 'MTChannelBasedBroker' or 'Kafka' (if available)."),
      text(
        "--broker-config <string>",
        "What the broker is configured by: a ConfigMap's name, 'cm:NAME', 'secret:NAME', 'rmq:NAME' with ':NAMESPACE' behind it, " +
          "or apiVersion:kind:name[:namespace]. Needs --class.",
      ),
      ...deliveryOptions(),
    ],
    check(_name, flags) {
      if (flags.brokerConfig !== undefined && !flags.class) throw new UserError("cannot set broker-config without setting class");
    },
    async make(context, flags) {
      const delivery = await withDelivery(context, undefined, flags);
      const config = flags.brokerConfig === undefined ? undefined : configOf(flags.brokerConfig, context.namespace);
      return {
        ...(flags.class ? { metadata: { annotations: { [CLASS_ANNOTATION]: flags.class } } } : {}),
        spec: { ...(config === undefined ? {} : { config }), ...(delivery === undefined ? {} : { delivery }) },
      };
    },
    failed: (name, namespace, why) => `cannot create broker '${name}' in namespace '${namespace}' because: ${why}`,
    done: (name, namespace) => `Broker '${name}' successfully created in namespace '${namespace}'.\n`,
  });
}

const CONFIG_MAP = { apiVersion: "v1", kind: "ConfigMap" };
const SECRET = { apiVersion: "v1", kind: "Secret" };
const RABBIT = { apiVersion: "eventing.knative.dev/v1alpha1", kind: "RabbitmqBrokerConfig" };

const KINDS: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  cm: CONFIG_MAP,
  configmap: CONFIG_MAP,
  sc: SECRET,
  secret: SECRET,
  rmq: RABBIT,
  rabbitmq: RABBIT,
};

/** `NAME`, `kind:NAME[:NAMESPACE]` or `apiVersion:kind:NAME[:NAMESPACE]`. */
function configOf(value: string, namespace: string): KReference {
  const parts = value.split(":");
  const [first = "", second = "", third = "", fourth] = parts;
  if (parts.length === 1) return { ...CONFIG_MAP, name: first, namespace };
  const known = KINDS[first.toLowerCase()];
  if (known !== undefined && parts.length <= 3) return { ...known, name: second, namespace: third || namespace };
  if (parts.length < 3 || parts.length > 4) {
    throw new UserError(`kind "${first}" is unknown and requires a full apiVersion:kind:name[:namespace]`);
  }
  return { apiVersion: first, kind: second, name: third, namespace: fourth ?? namespace };
}
