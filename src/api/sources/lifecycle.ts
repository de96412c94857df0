import type { ConditionManager, ConditionSet } from "../meta/conditions.ts";

export const SINK_PROVIDED = "SinkProvided";
export const DEPLOYED = "Deployed";
export const SUFFICIENT_PERMISSIONS = "SufficientPermissions";
export const OIDC_IDENTITY = "OIDCIdentityCreated";
export const SINK_BINDING_AVAILABLE = "SinkBindingAvailable";
export const OIDC_TOKEN_SECRET_CREATED = "OIDCTokenSecretCreated";
export const TRUST_BUNDLE_PROPAGATED = "TrustBundlePropagated";
export const SINK_BINDING_READY = "SinkBindingReady";
export const RECEIVE_ADAPTER_READY = "ReceiveAdapterReady";

export const PING_SOURCE_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [SINK_PROVIDED, DEPLOYED, OIDC_IDENTITY] };
export const API_SERVER_SOURCE_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [SINK_PROVIDED, DEPLOYED, SUFFICIENT_PERMISSIONS, OIDC_IDENTITY],
};
export const SINK_BINDING_CONDITIONS: ConditionSet = {
  happy: "Ready",
  dependents: [SINK_BINDING_AVAILABLE, SINK_PROVIDED, OIDC_IDENTITY, OIDC_TOKEN_SECRET_CREATED, TRUST_BUNDLE_PROPAGATED],
};
export const CONTAINER_SOURCE_CONDITIONS: ConditionSet = { happy: "Ready", dependents: [SINK_BINDING_READY, RECEIVE_ADAPTER_READY] };

const OIDC_DISABLED = "authentication-oidc feature disabled";

export function markSourceOidcDisabled(conditions: ConditionManager): void {
  conditions.markTrue(OIDC_IDENTITY, OIDC_DISABLED);
}

export function markTokenSecretDisabled(conditions: ConditionManager): void {
  conditions.markTrue(OIDC_TOKEN_SECRET_CREATED, OIDC_DISABLED);
}
