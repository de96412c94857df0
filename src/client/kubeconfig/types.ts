/** A kubeconfig file, as far as we read or write it. Unknown members are kept when a file is merged. */
export interface Kubeconfig {
  apiVersion: string;
  kind: string;
  clusters: { name: string; cluster: ClusterEntry }[];
  users: { name: string; user: UserEntry }[];
  contexts: { name: string; context: ContextEntry }[];
  "current-context": string;
  preferences?: object;
}

export interface ClusterEntry {
  server: string;
  "certificate-authority"?: string;
  /** base64 of PEM. */
  "certificate-authority-data"?: string;
  "insecure-skip-tls-verify"?: boolean;
  "tls-server-name"?: string;
}

export interface UserEntry {
  token?: string;
  tokenFile?: string;
  "client-certificate"?: string;
  "client-certificate-data"?: string;
  "client-key"?: string;
  "client-key-data"?: string;
  username?: string;
  password?: string;
}

export interface ContextEntry {
  cluster: string;
  user: string;
  namespace?: string;
}

/** How to reach one cluster as one user: a context with every file read. */
export interface Connection {
  /** Without a trailing slash, e.g. `https://127.0.0.1:6443`. */
  readonly server: string;
  readonly namespace: string;
  /** PEM. */
  readonly ca?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly token?: string;
  readonly basic?: { readonly username: string; readonly password: string };
  readonly serverName?: string;
  readonly insecure: boolean;
}

export type LoadResult =
  | { readonly kind: "ok"; readonly connection: Connection }
  /** No file exists, or it names no context. */
  | { readonly kind: "none" }
  | { readonly kind: "invalid"; readonly message: string };
