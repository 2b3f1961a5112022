import { describe, expect, test } from "vitest";
import { parseExample } from "../../../src/core/example.ts";
import { values } from "../../../src/core/views/values.ts";

const tools = { memo: <T>(_: string, compute: () => T): T => compute() };

/** The keys that differ, as `key: before -> after @line`, without those that hold them. */
function seen(change: string): readonly string[] {
  return values(parseExample(change).change, tools).view.values.map(
    ({ key, before, after }) =>
      `${key}: ${String(before?.scalar)} -> ${String(after?.scalar)} @${after?.place.line ?? ""}`,
  );
}

describe("values within values", () => {
  test.each([
    [
      "the query of a URL",
      "M .env\n- DB=postgres://u:p@h/d?connection_limit=5&sslmode=require\n+ DB=postgres://u:p@h/d?connection_limit=9&sslmode=require",
      "DB.connection_limit: 5 -> 9 @1",
    ],
    [
      "a JDBC URL",
      "M a.properties\n- url=jdbc:mysql://h/d?useSSL=true\n+ url=jdbc:mysql://h/d?useSSL=false",
      "url.useSSL: true -> false @1",
    ],
    [
      "flags of a command",
      "M a.yaml\n- command: serve --workers 4\n+ command: serve --workers 9",
      "command.workers: 4 -> 9 @1",
    ],
    [
      "flags of a list of arguments, wherever they stand in it",
      "M a.yaml\n  args:\n+   - serve\n-   - --pool-size=5\n+   - --pool-size=9",
      "args.pool-size: 5 -> 9 @3",
    ],
    [
      "a flag and its value in two items",
      'M a.yaml\n  args:\n    - --pool-size\n-   - "5"\n+   - "9"',
      "args.pool-size: 5 -> 9 @2",
    ],
    [
      "items that assign",
      "M a.yaml\n  environment:\n-   - DB_POOL=5\n+   - DB_POOL=9",
      "environment.DB_POOL: 5 -> 9 @2",
    ],
    [
      "a unit of systemd",
      "M a.service\n  [Service]\n- Environment=DB_POOL=5\n+ Environment=DB_POOL=9",
      "Service.Environment.DB_POOL: 5 -> 9 @2",
    ],
    [
      "a zone of nginx",
      "M nginx.conf\n- limit_req_zone $x zone=a:1m rate=5r/s;\n+ limit_req_zone $x zone=a:1m rate=9r/s;",
      "limit_req_zone.rate: 5r/s -> 9r/s @1",
    ],
  ])("%s", (_, change, expected) => {
    expect(seen(change)).toContain(expected);
  });

  test("what an expression stands for in the place of the whole is not known, and not gone", () => {
    expect(seen("M .env\n- DB=postgres://h/d?connection_limit=5\n+ DB=${DATABASE_URL}")).toContain(
      "DB.connection_limit: 5 -> undefined @1",
    );
  });

  test("the environment of a container names each of them once", () => {
    const change = "M a.yaml\n  env:\n    - name: DB\n-     value: pg://h/d?pool=5\n+     value: pg://h/d?pool=9";
    expect(seen(change).filter((line) => line.includes("pool: 5"))).toHaveLength(1);
  });
});

describe("further formats", () => {
  test.each([
    [
      "PostgreSQL",
      "M postgresql.conf\n- max_connections = 100 # few\n+ max_connections = 900 # many",
      "max_connections: 100 -> 900 @1",
    ],
    ["Redis", "M redis.conf\n- maxmemory 2gb\n+ maxmemory 0", "maxmemory: 2gb -> 0 @1"],
    [
      "nginx",
      "M nginx.conf\n  http {\n-   proxy_read_timeout 30s;\n+   proxy_read_timeout 9m;",
      "proxy_read_timeout: 30s -> 9m @2",
    ],
    [
      "MySQL",
      "M my.cnf\n  [mysqld]\n- max_connections=100\n+ max_connections=900",
      "mysqld.max_connections: 100 -> 900 @2",
    ],
    ["Puma", "M puma.rb\n- workers 2\n+ workers 9", "workers: 2 -> 9 @1"],
    ["Django", "M shop/settings.py\n- DEBUG = False\n+ DEBUG = True", "DEBUG: False -> True @1"],
    [
      "a dictionary of Django",
      "M shop/settings.py\n  D = {\n-   'CONN_MAX_AGE': 60,\n+   'CONN_MAX_AGE': None,  # ever",
      "CONN_MAX_AGE: 60 -> None @2",
    ],
    ["an image", "M Dockerfile\n- ENV A=1 B=2\n+ ENV A=1 B=3", "B: 2 -> 3 @1"],
    ["an image, in the old form", "M Dockerfile\n- ENV POOL 5\n+ ENV POOL 9", "POOL: 5 -> 9 @1"],
    [
      "the command of an image",
      'M Dockerfile\n- CMD ["gunicorn", "--workers", "4"]\n+ CMD ["gunicorn", "--workers", "9"]',
      "cmd.workers: 4 -> 9 @1",
    ],
  ])("%s", (_, change, expected) => {
    expect(seen(change)).toContain(expected);
  });
});
