import { Hono } from "hono";
import { html } from "hono/html";

export interface PagePorts {
  readonly version: string;
  /** Sentences that say why this instance should get no deliveries now; empty: it is ready. */
  readonly notReady: () => Promise<readonly string[]>;
}

/** What people and probes see. Nothing here tells of repositories: nobody has signed in. */
export function pages({ version, notReady }: PagePorts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header("content-security-policy", "default-src 'none'; frame-ancestors 'none'");
    context.header("x-content-type-options", "nosniff");
    context.header("referrer-policy", "no-referrer");
    context.header("cache-control", "no-store");
  });
  app.get("/healthz", (context) => context.json({ alive: true }));
  app.get("/readyz", async (context) => {
    const because = await notReady();
    return context.json({ ready: because.length === 0, because }, because.length === 0 ? 200 : 503);
  });
  app.get("/", (context) =>
    context.html(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <title>Sallyport</title>
          </head>
          <body>
            <h1>Sallyport ${version}</h1>
            <p>
              A GitHub App that judges pull requests of AI agents by what they reach. Its verdicts are check runs on the pull
              requests; this address receives GitHub's webhooks.
            </p>
          </body>
        </html>`,
    ),
  );
  app.notFound((context) => context.text("There is nothing at this address.\n", 404));
  return app;
}
