/** What the path of a file says about it. */
export interface PathTraits {
  /** Tests, fixtures, examples, documentation: passwords there are mostly made up. */
  readonly invented: boolean;
  /** Generated text without secrets of its own: lockfiles, minified code, source maps. */
  readonly generated: boolean;
  /** In a program an unquoted value is an expression; anywhere else it is a literal. */
  readonly code: boolean;
  readonly yaml: boolean;
  /** The last part of the path, in lower case. */
  readonly name: string;
}

const inventedPart =
  /(^|[/._-])(specs?|__tests__|__mocks__|mocks?|fixtures?|testdata|e2e|cypress|vcr|cassettes|stubs?|fakes?|examples?|samples?|docs?|documentation|demos?|tutorials?|snapshots?|__snapshots__)([/._-]|$)|\.(template|dist|sample|example)$/;
/** Also the folders that builds of Java keep beside `src/main`: `src/dockerTest`, `src/intTest`. */
const testPart = /(^|[/._-])tests?([/._-]|$)|\/src\/[a-z]+tests?\//;
// Here "test" is the name of an environment, and its passwords are in use.
const deployed =
  /(^|\/)(environments?|envs?|overlays|clusters?|deploy(ments?)?|k8s|kubernetes|infra(structure)?|terraform|charts?|helm|manifests|live|ops|gitops)\/|\.(tf|tfvars)$/;
const prose = /\.(md|mdx|rst|adoc|asciidoc|txt|html?|tex|ipynb)$/;
const lockName =
  /(^|[.-])lock(\.json|\.yaml|\.hcl|b)?$|^(go\.sum|npm-shrinkwrap\.json|packages\.lock\.json|cargo\.lock|flake\.lock|checksums?\.txt|sha256sums)$/;
const generatedName = /\.(min\.(js|css|mjs)|map|svg|snap|patch|diff|po|pot|csv|tsv|geojson|ics|pem\.pub|pub|crt|cer)$/;
const codeName =
  /\.(js|jsx|mjs|cjs|ts|tsx|mts|cts|vue|svelte|py|pyi|rb|erb|haml|go|rs|java|kt|kts|scala|groovy|gradle|cs|fs|vb|php|c|h|cc|cpp|hpp|m|mm|swift|dart|ex|exs|erl|clj|cljs|hs|ml|lua|pl|pm|r|jl|sql|sol|zig|nim|css|scss|less|tf|hcl|jsonnet|libsonnet|nix|star|bzl|rego|cue|graphql|proto|tmpl|tpl|gotmpl|feature)$/;

export function traitsOf(path: string): PathTraits {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  return {
    invented: inventedPart.test(lower) || (testPart.test(lower) && !deployed.test(lower)) || prose.test(name),
    generated: lockName.test(name) || generatedName.test(name),
    code: codeName.test(name),
    yaml: /\.ya?ml$/.test(name),
    name,
  };
}

const keyStores = /\.(p12|pfx|jks|keystore|bcfks|kdbx|kdb)$/;
const credentialNames = new Map<string, string>([
  [".netrc", "logins of machines"],
  ["_netrc", "logins of machines"],
  [".pgpass", "passwords of PostgreSQL"],
  [".git-credentials", "logins of git hosts"],
  [".vault-token", "Vault token"],
  [".htpasswd", "digests of passwords"],
  ["credentials.tfrc.json", "tokens of Terraform hosts"],
  [".s3cfg", "keys of object storage"],
  [".boto", "keys of object storage"],
  [".dockercfg", "logins of registries"],
  ["id_rsa", "private key"],
  ["id_dsa", "private key"],
  ["id_ecdsa", "private key"],
  ["id_ed25519", "private key"],
]);
const statefile = /\.tfstate(\.backup|\.\d+\.backup)?$/;
// A trust store holds certificates of others, which are public.
const publicStore = /trust|cacert|public/;

/** What a file of this path holds if its name tells that it holds credentials; null otherwise. Its text need not be readable. */
export function credentialsByName(path: string): string | null {
  const { name } = traitsOf(path);
  if (keyStores.test(name)) return publicStore.test(name) ? null : "key store";
  if (statefile.test(name)) return "Terraform state, which holds every secret it manages";
  if (/(^|\/)\.aws\/credentials$/i.test(path)) return "AWS credentials";
  return credentialNames.get(name) ?? null;
}
