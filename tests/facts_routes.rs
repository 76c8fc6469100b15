//! `readiness routes` on small services, one per framework: paths across files, and what stands in front of them.

#[expect(dead_code, reason = "routes need neither planted secrets nor git")]
mod common;

use assert_cmd::Command;
use common::write;
use serde_json::Value;

/// The routes of a repository, one line each: method, path, access, and what its guards do.
fn routes(files: &[(&str, &str)]) -> Vec<String> {
    json(files)
        .as_array()
        .expect("a list")
        .iter()
        .map(|route| {
            let text = |key: &str| route[key].as_str().unwrap_or_default().to_owned();
            let mut does: Vec<&str> =
                route["guards"].as_array().expect("a list").iter().filter_map(|guard| guard["does"].as_str()).collect();
            does.dedup();
            let line = format!("{} {} {} {}", text("method"), text("path"), text("access"), does.join(","));
            line.trim().to_owned()
        })
        .collect()
}

fn json(files: &[(&str, &str)]) -> Value {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    write(folder.path(), "package.json", "{ \"name\": \"shop\", \"private\": true }\n");
    for (path, content) in files {
        write(folder.path(), path, content);
    }
    let output = Command::cargo_bin("readiness")
        .expect("the program is built with its tests")
        .current_dir(folder.path())
        .args(["routes", "--format", "json"])
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON comes out")
}

const REQUIRE_AUTH: &str = r"
import jwt from 'jsonwebtoken'
export function requireAuth(req, res, next) {
  const header = req.headers.authorization
  if (!header) return res.status(401).json({ error: 'no token' })
  try {
    req.user = jwt.verify(header.slice(7), process.env.JWT_SECRET)
  } catch {
    return res.status(401).json({ error: 'invalid token' })
  }
  next()
}
export const requireRole = (role) => (req, res, next) => {
  if (req.user.role !== role) return res.status(403).end()
  next()
}
export function optionalAuth(req, res, next) {
  try {
    req.user = jwt.verify(req.headers.authorization, process.env.JWT_SECRET)
  } catch {
    next()
    return
  }
  next()
}
";

#[test]
fn express_routers_are_mounted_across_files_and_order_counts() {
    let found = routes(&[
        ("src/auth.js", REQUIRE_AUTH),
        (
            "src/app.js",
            "import express from 'express'\nimport rateLimit from 'express-rate-limit'\nimport users from './users.js'\n\
             import { requireAuth, optionalAuth } from './auth.js'\nconst app = express()\napp.use(express.json())\n\
             app.get('/health', (req, res) => res.send('ok'))\n\
             app.get('/prices', optionalAuth, (req, res) => res.json([]))\n\
             app.use('/api', rateLimit({ max: 5 }), requireAuth)\napp.use('/api/users', users)\n\
             app.get('/about', (req, res) => res.send('shop'))\napp.listen(3000)\n",
        ),
        (
            "src/users.js",
            "import { Router } from 'express'\nimport { requireRole } from './auth.js'\nconst router = Router()\n\
             router.route('/').get((req, res) => res.json([])).post(requireRole('admin'), (req, res) => res.end())\n\
             router.get('/:id', (req, res) => res.json({}))\nexport default router\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "GET /health public",
            "GET /prices open identifies",
            "GET /about open",
            "GET /api/users guarded rate-limits,authenticates",
            "POST /api/users guarded rate-limits,authenticates,authorizes",
            "GET /api/users/:id guarded rate-limits,authenticates",
        ]
    );
}

#[test]
fn express_in_commonjs_with_functions_factories_and_lists() {
    let found = routes(&[
        (
            "index.js",
            "const express = require('express')\nconst app = express()\nrequire('./routes')(app)\napp.listen(1)\n",
        ),
        (
            "routes.js",
            "const auth = require('./auth')\nconst list = [\n  { path: '/orders', route: require('./orders')() },\n]\n\
             module.exports = function (app) {\n  app.get('/me', auth, (req, res) => res.json(req.user))\n\
             \x20 list.forEach((item) => app.use(item.path, item.route))\n}\n",
        ),
        (
            "auth.js",
            "module.exports = async (req, res, next) => {\n  if (!req.session.user) throw new UnauthorizedError()\n  next()\n}\n",
        ),
        (
            "orders.js",
            "const { Router } = require('express')\nmodule.exports = () => {\n  const router = Router()\n\
             \x20 router.get('/', (req, res) => res.json([]))\n  return router\n}\n",
        ),
    ]);
    assert_eq!(found, ["GET /orders open", "GET /me guarded authenticates,identifies"]);
}

#[test]
fn express_classes_hold_routers() {
    let found = routes(&[
        (
            "src/app.ts",
            "import express from 'express'\nexport class App {\n  public app: express.Application\n\
             \x20 constructor(routes: any[]) {\n    this.app = express()\n    this.initializeRoutes(routes)\n  }\n\
             \x20 private initializeRoutes(routes: any[]) {\n    routes.forEach((route) => this.app.use('/', route.router))\n  }\n}\n",
        ),
        (
            "src/users.ts",
            "import { Router } from 'express'\nexport class Users {\n  public path = '/users'\n  public router = Router()\n\
             \x20 constructor() {\n    this.router.get(`${this.path}/:id`, this.show)\n  }\n\
             \x20 show = (req, res) => res.json({})\n}\n",
        ),
        ("src/server.ts", "import { App } from './app'\nimport { Users } from './users'\nnew App([new Users()])\n"),
    ]);
    assert_eq!(found, ["GET /users/:id open"]);
}

#[test]
fn middleware_that_cannot_be_followed_is_never_called_open() {
    let found = json(&[(
        "app.js",
        "import express from 'express'\nimport { gate } from '@company/auth-gate'\nconst app = express()\n\
         app.get('/orders', gate(), (req, res) => res.json([]))\n",
    )]);
    assert_eq!(found[0]["access"], "unresolved");
    assert_eq!(found[0]["unresolved"], "middleware");
}

#[test]
fn a_guard_that_fails_open_says_where() {
    let found = json(&[(
        "app.js",
        "import express from 'express'\nconst app = express()\nfunction requireKey(req, res, next) {\n\
         \x20 if (!process.env.API_KEY) return next()\n\
         \x20 if (req.headers['x-api-key'] !== process.env.API_KEY) return res.sendStatus(401)\n  next()\n}\n\
         app.post('/jobs', requireKey, (req, res) => res.end())\n",
    )]);
    assert_eq!(found[0]["access"], "guarded");
    assert_eq!(found[0]["guards"][0]["decides"], "app.js:5");
    assert_eq!(found[0]["guards"][0]["weak"][0], "SkippedWhenUnset app.js:4");
}

#[test]
fn fastify_plugins_have_prefixes_and_keep_their_hooks() {
    let found = routes(&[
        (
            "src/server.ts",
            "import Fastify from 'fastify'\nimport orders from './orders'\nimport guard from './guard'\nconst app = Fastify()\n\
             app.register(guard)\napp.register(orders, { prefix: '/api/orders' })\n\
             app.get('/health', async () => 'ok')\n",
        ),
        (
            "src/guard.ts",
            "import fp from 'fastify-plugin'\nexport default fp(async (app) => {\n\
             \x20 app.decorate('authenticate', async (request, reply) => {\n    try {\n      await request.jwtVerify()\n\
             \x20   } catch (error) {\n      reply.code(401).send(error)\n    }\n  })\n})\n",
        ),
        (
            "src/orders.ts",
            "import { FastifyInstance } from 'fastify'\nexport default async function orders(app: FastifyInstance) {\n\
             \x20 app.addHook('onRequest', app.authenticate)\n  app.get('/', async () => [])\n\
             \x20 app.route({ method: ['POST'], url: '/:id', schema: { body: {} }, handler: async () => ({}) })\n}\n",
        ),
    ]);
    assert_eq!(
        found,
        [
            "GET /api/orders guarded authenticates",
            "POST /api/orders/:id guarded authenticates,validates",
            "GET /health public",
        ]
    );
}

#[test]
fn fastify_loads_folders() {
    let found = routes(&[
        (
            "app.js",
            "const fastify = require('fastify')()\nconst path = require('path')\nconst AutoLoad = require('@fastify/autoload')\n\
             fastify.register(AutoLoad, { dir: path.join(__dirname, 'routes'), options: { prefix: '/v1' } })\n",
        ),
        ("routes/root.js", "module.exports = async function (fastify, opts) {\n  fastify.get('/', async () => 1)\n}\n"),
        (
            "routes/books/index.js",
            "module.exports = async function (fastify, opts) {\n  fastify.get('/:id', async () => 1)\n}\n",
        ),
    ]);
    assert_eq!(found, ["GET /v1/books/:id open", "GET /v1 open"]);
}

#[test]
fn hono_routers_are_routed_and_middleware_is_by_path() {
    let found = routes(&[
        (
            "src/index.ts",
            "import { Hono } from 'hono'\nimport { jwt } from 'hono/jwt'\nimport books from './books'\n\
             const app = new Hono().basePath('/v1')\napp.use('/books/*', jwt({ secret: process.env.SECRET }))\n\
             app.get('/open', (c) => c.text('hi'))\napp.route('/books', books)\nexport default app\n",
        ),
        (
            "src/books.ts",
            "import { Hono } from 'hono'\nimport { zValidator } from '@hono/zod-validator'\n\
             export default new Hono()\n  .get('/', (c) => c.json([]))\n\
             \x20 .post('/', zValidator('json', schema), (c) => c.json({}))\n",
        ),
    ]);
    assert_eq!(
        found,
        ["GET /v1/books guarded authenticates", "POST /v1/books guarded authenticates,validates", "GET /v1/open open",]
    );
}

#[test]
fn koa_routers_have_prefixes() {
    let found = routes(&[(
        "app.js",
        "const Koa = require('koa')\nconst Router = require('@koa/router')\nconst app = new Koa()\n\
         const router = new Router({ prefix: '/api' })\n\
         const auth = async (ctx, next) => { if (!ctx.state.user) ctx.throw(401); await next() }\n\
         router.get('list', '/items', async (ctx) => { ctx.body = [] })\n\
         router.delete('/items/:id', auth, async (ctx) => { ctx.status = 204 })\napp.use(router.routes())\n",
    )]);
    assert_eq!(found, ["GET /api/items open", "DELETE /api/items/:id guarded authenticates"]);
}

#[test]
fn nest_controllers_have_prefixes_versions_and_guards() {
    let found = routes(&[
        (
            "src/main.ts",
            "import { NestFactory } from '@nestjs/core'\nimport { ValidationPipe, VersioningType } from '@nestjs/common'\n\
             import { AppModule } from './app.module'\nasync function main() {\n  const app = await NestFactory.create(AppModule)\n\
             \x20 app.setGlobalPrefix('api')\n  app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' })\n\
             \x20 app.useGlobalPipes(new ValidationPipe())\n}\n",
        ),
        (
            "src/app.module.ts",
            "import { Module } from '@nestjs/common'\nimport { APP_GUARD } from '@nestjs/core'\nimport { JwtGuard } from './jwt.guard'\n\
             @Module({ providers: [{ provide: APP_GUARD, useClass: JwtGuard }] })\nexport class AppModule {}\n",
        ),
        (
            "src/jwt.guard.ts",
            "import { CanActivate, ExecutionContext, Injectable, SetMetadata, UnauthorizedException } from '@nestjs/common'\n\
             export const Public = () => SetMetadata('isPublic', true)\n\
             @Injectable()\nexport class JwtGuard implements CanActivate {\n  canActivate(context: ExecutionContext) {\n\
             \x20   const request = context.switchToHttp().getRequest()\n\
             \x20   if (!request.headers.authorization) throw new UnauthorizedException()\n    return true\n  }\n}\n",
        ),
        (
            "src/cats.controller.ts",
            "import { Body, Controller, Get, Post } from '@nestjs/common'\nimport { Public } from './jwt.guard'\n\
             @Controller('cats')\nexport class CatsController {\n  @Public()\n  @Get()\n  list() { return [] }\n\
             \x20 @Post(':id')\n  add(@Body() cat: CreateCatDto) { return cat }\n}\n",
        ),
    ]);
    assert_eq!(found, ["GET /api/v1/cats public", "POST /api/v1/cats/:id guarded authenticates,validates"]);
}

#[test]
fn web_sockets_are_routes() {
    let found = routes(&[(
        "server.js",
        "import { Server } from 'socket.io'\nimport { WebSocketServer } from 'ws'\nconst io = new Server(3000)\n\
         io.use((socket, next) => {\n  if (!socket.handshake.auth.token) return next(new Error('unauthorized'))\n  next()\n})\n\
         io.on('connection', (socket) => socket.emit('hello'))\n\
         const wss = new WebSocketServer({ port: 1 })\nwss.on('connection', (ws) => ws.send('hi'))\n",
    )]);
    assert_eq!(found, ["/ guarded authenticates", "/ open"]);
}

#[test]
fn lookups_and_clients_are_no_routes() {
    let found = routes(&[(
        "client.js",
        "import axios from 'axios'\nconst cache = new Map()\nexport const load = async (id) => {\n\
         \x20 cache.get(id, () => 1)\n  await axios.post('/api/orders', { id })\n  return axios.get('/api/orders', options)\n}\n",
    )]);
    assert!(found.is_empty(), "{found:?}");
}
