//! Routes of frameworks that tell them by files and decorators, as `readiness routes` prints them.

#[expect(dead_code, reason = "routes need no planted secrets and no history")]
mod common;

use assert_cmd::Command;
use common::write;
use serde_json::Value;

/// The routes of a repository made of `files`: method, path, access and the deeds of the guards.
fn routes(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    let mut command = Command::cargo_bin("readiness").expect("the program is built with its tests");
    let output =
        command.current_dir(folder.path()).args(["routes", "--format", "json"]).output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed: Value = serde_json::from_slice(&output.stdout).expect("the output is JSON");
    let rows = printed.as_array().or_else(|| printed["routes"].as_array()).expect("a list of routes");
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {} {}", text(row, "method"), text(row, "path"), text(row, "access")))
        .collect();
    found.sort();
    found
}

#[test]
fn fastapi_routers_are_mounted_and_dependencies_followed_through_aliases() {
    let found = routes(&[
        ("requirements.txt", "fastapi==0.115.0\n"),
        (
            "app/main.py",
            "from fastapi import FastAPI\nfrom app.api import router\nfrom app.config import settings\n\n\
             app = FastAPI()\napp.include_router(router, prefix=settings.API)\n",
        ),
        ("app/config.py", "class Settings:\n    API: str = \"/api/v1\"\n\nsettings = Settings()\n"),
        (
            "app/api.py",
            "from fastapi import APIRouter\nfrom app import items\n\nrouter = APIRouter()\n\
             router.include_router(items.router, prefix=\"/items\")\n",
        ),
        (
            "app/deps.py",
            "from typing import Annotated\nfrom fastapi import Depends, HTTPException, Request\n\n\
             def get_current_user(request: Request):\n    user = request.session.get(\"user\")\n    if not user:\n        \
             raise HTTPException(status_code=401)\n    return user\n\n\
             CurrentUser = Annotated[dict, Depends(get_current_user)]\n",
        ),
        (
            "app/items.py",
            "from fastapi import APIRouter, Depends\nfrom app.deps import CurrentUser, get_current_user\n\n\
             router = APIRouter()\n\n@router.get(\"/\")\ndef listed(user: CurrentUser):\n    return []\n\n\
             @router.post(\"/{item_id}\", dependencies=[Depends(get_current_user)])\ndef changed(item_id: int):\n    \
             return item_id\n\n@router.get(\"/free\")\ndef free():\n    return []\n",
        ),
    ]);
    assert_eq!(
        found,
        ["GET /api/v1/items/ guarded", "GET /api/v1/items/free open", "POST /api/v1/items/{item_id} guarded"]
    );
}

#[test]
fn flask_blueprints_carry_their_prefix_and_what_runs_before_them() {
    let found = routes(&[
        ("requirements.txt", "flask==3.0.0\nflask-login==0.6.3\n"),
        (
            "shop/__init__.py",
            "from flask import Flask\nfrom shop import orders, admin\n\ndef create_app():\n    app = Flask(__name__)\n    \
             register(app)\n    return app\n\ndef register(app):\n    app.register_blueprint(orders.bp)\n    \
             app.register_blueprint(admin.bp, url_prefix=\"/admin\")\n",
        ),
        (
            "shop/orders.py",
            "from flask import Blueprint\nfrom flask_login import login_required\n\n\
             bp = Blueprint(\"orders\", __name__, url_prefix=\"/orders\")\n\n\
             @bp.route(\"/\", methods=[\"GET\", \"POST\"])\n@login_required\ndef index():\n    return \"\"\n\n\
             @bp.get(\"/<int:number>\")\ndef one(number):\n    return \"\"\n",
        ),
        (
            "shop/admin.py",
            "from flask import Blueprint, abort, session\nfrom flask.views import MethodView\n\n\
             bp = Blueprint(\"admin\", __name__)\n\n@bp.before_request\ndef check():\n    \
             if session.get(\"user\") is None:\n        abort(401)\n\nclass Users(MethodView):\n    def get(self):\n        \
             return \"\"\n    def delete(self):\n        return \"\"\n\n\
             bp.add_url_rule(\"/users\", view_func=Users.as_view(\"users\"))\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "DELETE /admin/users guarded",
            "GET /admin/users guarded",
            "GET /orders/ guarded",
            "GET /orders/<int:number> open",
            "POST /orders/ guarded",
        ]
    );
}

#[test]
fn django_includes_views_and_view_sets() {
    let found = routes(&[
        ("requirements.txt", "django==5.0\ndjangorestframework==3.15\n"),
        ("config/settings.py", "ROOT_URLCONF = \"config.urls\"\nMIDDLEWARE = []\n"),
        (
            "config/urls.py",
            "from django.urls import include, path\n\nurlpatterns = [\n    path(\"shop/\", include(\"shop.urls\")),\n]\n",
        ),
        (
            "shop/urls.py",
            "from django.urls import include, path\nfrom rest_framework.routers import DefaultRouter\nfrom shop import views\n\n\
             router = DefaultRouter()\nrouter.register(\"items\", views.Items)\n\nurlpatterns = [\n    \
             path(\"cart/\", views.cart),\n    path(\"me/\", views.Me.as_view()),\n    path(\"api/\", include(router.urls)),\n]\n",
        ),
        (
            "shop/views.py",
            "from django.contrib.auth.decorators import login_required\nfrom django.contrib.auth.mixins import LoginRequiredMixin\n\
             from django.views.generic import TemplateView\nfrom rest_framework import permissions, viewsets\n\n\
             @login_required\ndef cart(request):\n    return None\n\n\
             class Me(LoginRequiredMixin, TemplateView):\n    template_name = \"me.html\"\n\n\
             class Items(viewsets.ReadOnlyModelViewSet[object]):\n    permission_classes = [permissions.IsAuthenticated]\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "ALL /shop/cart/ guarded",
            "GET /shop/api/items/ guarded",
            "GET /shop/api/items/{pk}/ guarded",
            "GET /shop/me/ guarded",
        ]
    );
}

const NEXT: &str = "{ \"name\": \"web\", \"private\": true, \"dependencies\": { \"next\": \"15.0.0\" } }\n";

#[test]
fn next_handlers_follow_from_their_files_and_the_middleware_guards_by_path() {
    let found = routes(&[
        ("package.json", NEXT),
        (
            "src/middleware.ts",
            "import { NextResponse } from 'next/server';\n\nexport function middleware(request) {\n  \
             const token = request.cookies.get('session');\n  \
             if (request.nextUrl.pathname.startsWith('/api/private') && !token) {\n    \
             return NextResponse.redirect(new URL('/login', request.url));\n  }\n  return NextResponse.next();\n}\n\n\
             export const config = { matcher: ['/api/:path*'] };\n",
        ),
        (
            "src/app/(shop)/api/private/items/[id]/route.ts",
            "async function handler() {\n  return Response.json({});\n}\nexport { handler as GET, handler as POST };\n",
        ),
        ("src/app/api/free/route.ts", "export async function GET() {\n  return Response.json({});\n}\n"),
        (
            "src/pages/api/old.ts",
            "export default function handler(req, res) {\n  if (req.method === 'POST') {\n    return res.json({});\n  }\n  \
             return res.status(405).end();\n}\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "GET /api/free open",
            "GET /api/private/items/[id] guarded",
            "POST /api/old open",
            "POST /api/private/items/[id] guarded",
        ]
    );
}

#[test]
fn server_actions_and_procedures_are_routes() {
    let found = routes(&[
        ("package.json", &NEXT.replace("\"next\"", "\"@trpc/server\": \"11.0.0\", \"next\"")),
        (
            "app/actions.ts",
            "'use server';\nimport { auth } from '@/auth';\n\nexport async function save() {\n  const session = await auth();\n  \
             if (!session?.user) throw new Error('Unauthorized');\n}\n",
        ),
        (
            "server/trpc.ts",
            "import { initTRPC, TRPCError } from '@trpc/server';\nconst t = initTRPC.create();\nexport const router = t.router;\n\
             export const publicProcedure = t.procedure;\nconst isAuthed = t.middleware(({ ctx, next }) => {\n  \
             if (!ctx.session) throw new TRPCError({ code: 'UNAUTHORIZED' });\n  return next({ ctx });\n});\n\
             export const protectedProcedure = t.procedure.use(isAuthed);\n",
        ),
        (
            "server/root.ts",
            "import { router } from './trpc';\nimport { users } from './users';\nexport const appRouter = router({ users });\n",
        ),
        (
            "server/users.ts",
            "import { z } from 'zod';\nimport { router, publicProcedure, protectedProcedure } from './trpc';\n\
             export const users = router({\n  list: publicProcedure.query(() => []),\n  \
             rename: protectedProcedure.input(z.object({ name: z.string() })).mutation(() => true),\n});\n",
        ),
    ]);
    assert_eq!(found, [" save guarded", "mutation users.rename guarded", "query users.list public"]);
}
