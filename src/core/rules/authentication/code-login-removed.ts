import { z } from "zod";
import { inCode } from "../../kubernetes/telling.ts";
import { lossesIn } from "../../authentication/compare.ts";
import { programsOf } from "../../authentication/source.ts";
import { defineRule } from "../../rule.ts";

const shown = 60;

export default defineRule({
  id: "code-login-removed",
  invariant: "authentication-is-unchanged",
  severity: "critical",
  confidence: "medium",
  summary: "An endpoint, a controller or a router of a program asked who somebody is, and does not any more.",
  why: "It goes on to answer, now for everybody. Tests that log in pass as before.",
  remedy: "Put back what asked, or say in the pull request where the login is asked for from now on.",
  needs: "paths",
  options: z.strictObject({}),
  *detect({ files }) {
    for (const program of programsOf(files)) {
      const { path, unread } = program;
      // What cannot be read is said once, by the rule that looks at what programs verify.
      if (unread !== null) continue;
      for (const { key, line, was, is } of lossesIn(program)) {
        const clause = is === null ? "is gone from it" : `gives way to ${inCode(cut(is))}`;
        yield {
          at: { path, side: "head", line },
          about: `${path} ${key}`,
          message: `${inCode(cut(key))}: ${inCode(cut(was))} ${clause}`,
          asks: true,
        };
      }
    }
  },
  examples: {
    "a view of Django": `
      M shop/views.py
        from django.contrib.auth.decorators import login_required
      - @login_required
      ! def orders(request):
            return render(request, "orders.html")`,
    "a view of Django REST framework for everybody": `
      M shop/api.py
      ! class OrderView(APIView):
      -     permission_classes = [IsAuthenticated]
      +     permission_classes = [AllowAny]
            def get(self, request):
                return Response([])`,
    "a route of FastAPI": `
      M shop/api.py
        @router.get("/orders")
      - async def orders(user: User = Depends(get_current_user)):
      > async def orders():
            return []`,
    "a controller of Nest": `
      M src/orders.controller.ts
        @Controller("orders")
      - @UseGuards(JwtAuthGuard)
      ! export class OrdersController {
          @Get()
          list() {
            return [];
          }
        }`,
    "a route of Express": `
      M src/routes.js
        const router = express.Router();
      - router.delete("/orders/:id", requireAuth, orders.remove);
      > router.delete("/orders/:id", orders.remove);`,
    "a procedure for everybody": `
      M src/router.ts
        export const orders = router({
      -   list: protectedProcedure.query(() => []),
      >   list: publicProcedure.query(() => []),
        });`,
    "a method of Spring": `
      M src/main/java/Orders.java
        class Orders {
      -   @PreAuthorize("hasRole('STAFF')")
          @DeleteMapping("/{id}")
      !   public void remove(@PathVariable long id) {
          }
        }`,
    "paths of Spring Security": `
      M src/main/java/Security.java
        class Security {
          SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(a -> a
      -         .requestMatchers("/admin/**").hasRole("ADMIN")
      >         .requestMatchers("/admin/**").permitAll()
                .anyRequest().authenticated()).build();
          }
        }`,
    "an action of ASP.NET": `
      M Api/OrdersController.cs
        [Authorize]
        public class OrdersController : Controller {
          [HttpGet]
      +   [AllowAnonymous]
      !   public IActionResult List() => Ok();
        }`,
    "a controller of Rails": `
      M app/controllers/orders_controller.rb
      ! class OrdersController < ApplicationController
      -   before_action :authenticate_user!
          def index; end
        end`,
    "a handler of Go": `
      M internal/server/routes.go
        package server
        func routes(mux *http.ServeMux) {
      -   mux.Handle("/admin", requireAdmin(admin))
      >   mux.Handle("/admin", admin)
        }`,
    "the endpoint goes as a whole": `
      M shop/views.py
        import os
      - @login_required
      - def orders(request):
      -     return render(request, "orders.html")`,
    "another one asks in its place": `
      M shop/views.py
      - @login_required
      + @staff_required
        def orders(request):
            return render(request, "orders.html")`,
    "the class asks for all its methods": `
      M src/orders.controller.ts
        @Controller("orders")
      + @UseGuards(JwtAuthGuard)
        export class OrdersController {
      -   @UseGuards(JwtAuthGuard)
          @Get()
          list() {
            return [];
          }
        }`,
    "the router asks for all its routes": `
      M src/routes.js
        const router = express.Router();
      + router.use(requireAuth);
      - router.delete("/orders/:id", requireAuth, orders.remove);
      + router.delete("/orders/:id", orders.remove);`,
    "a new endpoint for everybody": `
      M src/routes.js
        const router = express.Router();
        router.delete("/orders/:id", requireAuth, orders.remove);
      + router.get("/health", health);`,
    "in another order, over several lines": `
      M src/routes.js
        const router = express.Router();
      + router.get("/health", health);
      - router.delete("/orders/:id", requireAuth, orders.remove);
      + router.delete(
      +   "/orders/:id",
      +   requireAuth,
      +   orders.remove,
      + );`,
  },
});

function cut(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ");
  return line.length > shown ? `${line.slice(0, shown)}…` : line;
}
