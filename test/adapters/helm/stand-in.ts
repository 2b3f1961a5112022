import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A program in Helm's place. It answers `version` and `template` in Helm's form, prints each template of the chart behind its
 * `# Source:` line, and does whatever the file `mode` of the chart says. It proves what is done with the program, not what Helm does.
 */
const script = `#!/bin/sh
if [ "$1" = version ]; then echo v3.99.0+gstandin; exit 0; fi
release=$2
chart=$3
case "$(cat "$chart/mode" 2>/dev/null)" in
  hang) sleep 613 & sleep 613 ;;
  flood) yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa ;;
  crash) kill -SEGV $$ ;;
  fail) echo "walking $chart" >&2; echo "Error: template: web/templates/\\\`a\\\`.yaml:3 of $chart: no such value" >&2; exit 1 ;;
  random) cat /proc/sys/kernel/random/uuid ;;
  network) tail -n +3 /proc/net/dev ;;
  files) cd "$chart" && find . -type f -o -type l | sort; cd .. && ls ;;
  *)
    for template in $(cd "$chart" && find . -path '*templates/*' -type f | sort); do
      echo "---"
      echo "# Source: $release/\${template#./}"
      cat "$chart/$template"
    done ;;
esac
`;

/** Writes the program into a folder of its own and returns its path. */
export async function standIn(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-stand-in-"));
  const path = join(folder, "helm");
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}
