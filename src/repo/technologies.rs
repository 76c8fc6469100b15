//! Which dependency means which technology, and what a component that uses it is likely to be.

use super::{Dependency, DependencyGroup, Ecosystem, Manifest};

/// What the use of a technology says about a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Use {
    /// Renders pages for browsers.
    Web,
    /// Answers HTTP or RPC requests.
    Http,
    /// Shows data to people, beside whatever else the component does.
    Dashboard,
    /// Takes jobs, messages or schedules.
    Jobs,
    /// Runs on the device of its user.
    Client,
    Infrastructure,
    /// A framework in the profile, whatever else it is.
    Framework,
    /// Maps objects to tables, or builds queries.
    Orm,
    /// Talks to a database, cache, queue or search engine.
    Datastore,
    /// Draws what a browser shows; a web application when a bundler and a page come with it.
    Page,
    Bundler,
    /// Declared for development only, as bundlers and their plugins are, and counts all the same.
    DeclaredDev,
}

/// A technology as a manifest names it.
#[derive(Debug)]
pub(super) struct Known {
    ecosystem: Ecosystem,
    /// The dependency; a trailing `*` stands for any ending.
    dependency: &'static str,
    /// The name in the profile.
    pub(super) name: &'static str,
    pub(super) uses: &'static [Use],
}

impl Known {
    /// Whether a dependency of this group makes the component what the technology suggests.
    pub(super) fn counts_in(&self, group: DependencyGroup) -> bool {
        match group {
            DependencyGroup::Runtime => true,
            DependencyGroup::Dev => self.uses.contains(&Use::DeclaredDev),
            // A plugin for Express names it as a peer and serves nothing itself.
            DependencyGroup::Peer | DependencyGroup::Optional => false,
        }
    }

    fn is(&self, ecosystem: Ecosystem, name: &str) -> bool {
        self.ecosystem == ecosystem
            && match self.dependency.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == self.dependency,
            }
    }
}

/// The technology that a dependency is.
pub(super) fn known(ecosystem: Ecosystem, name: &str) -> Option<&'static Known> {
    TECHNOLOGIES.iter().find(|known| known.is(ecosystem, name))
}

/// The known technologies among a manifest's dependencies, in the manifest's order.
pub(super) fn used(manifest: &Manifest) -> impl Iterator<Item = (&Dependency, &'static Known)> {
    manifest
        .dependencies
        .iter()
        .filter_map(|dependency| Some((dependency, known(manifest.ecosystem, &dependency.name)?)))
}

macro_rules! technologies {
    ($($ecosystem:ident { $($dependency:literal => $name:literal [$($use:ident),*],)* })*) => {
        const TECHNOLOGIES: &[Known] = &[$($(
            Known {
                ecosystem: Ecosystem::$ecosystem,
                dependency: $dependency,
                name: $name,
                uses: &[$(Use::$use),*],
            },
        )*)*];
    };
}

technologies! {
    Npm {
        "next" => "Next.js" [Framework, Web],
        "nuxt" => "Nuxt" [Framework, Web, DeclaredDev],
        "nuxt3" => "Nuxt" [Framework, Web, DeclaredDev],
        "@sveltejs/kit" => "SvelteKit" [Framework, Web, DeclaredDev],
        "@remix-run/react" => "Remix" [Framework, Web],
        "@remix-run/node" => "Remix" [Framework, Web],
        "@react-router/node" => "React Router" [Framework, Web],
        "@tanstack/react-start" => "TanStack Start" [Framework, Web],
        "gatsby" => "Gatsby" [Framework, Web],
        "astro" => "Astro" [Framework, Web, DeclaredDev],
        "@angular/core" => "Angular" [Framework, Web],
        "react-scripts" => "Create React App" [Framework, Web, DeclaredDev],
        "@vue/cli-service" => "Vue CLI" [Framework, Web, DeclaredDev],
        "@builder.io/qwik" => "Qwik" [Framework, Web, DeclaredDev],
        "@solidjs/start" => "SolidStart" [Framework, Web],
        "react-native" => "React Native" [Framework, Client],
        "expo" => "Expo" [Framework, Client],
        "electron" => "Electron" [Framework, Client, DeclaredDev],
        "@tauri-apps/api" => "Tauri" [Framework, Client],
        "@capacitor/core" => "Capacitor" [Framework],
        "react" => "React" [Framework],
        "vue" => "Vue" [Framework, Page, DeclaredDev],
        "svelte" => "Svelte" [Framework, Page, DeclaredDev],
        "solid-js" => "Solid" [Framework, Page, DeclaredDev],
        "preact" => "Preact" [Framework, Page, DeclaredDev],
        "@nestjs/core" => "NestJS" [Framework, Http],
        "express" => "Express" [Framework, Http],
        "fastify" => "Fastify" [Framework, Http],
        "koa" => "Koa" [Framework, Http],
        "hono" => "Hono" [Framework, Http],
        "@hapi/hapi" => "hapi" [Framework, Http],
        "restify" => "Restify" [Framework, Http],
        "elysia" => "Elysia" [Framework, Http],
        "h3" => "h3" [Framework, Http],
        "nitropack" => "Nitro" [Framework, Http, DeclaredDev],
        "polka" => "Polka" [Framework, Http],
        "@adonisjs/core" => "AdonisJS" [Framework, Http],
        "@strapi/strapi" => "Strapi" [Framework, Http],
        "@apollo/server" => "Apollo Server" [Framework, Http],
        "apollo-server" => "Apollo Server" [Framework, Http],
        "graphql-yoga" => "GraphQL Yoga" [Framework, Http],
        "firebase-functions" => "Firebase Functions" [Framework, Http],
        "@google-cloud/functions-framework" => "Functions Framework" [Framework, Http],
        "@azure/functions" => "Azure Functions" [Framework, Http],
        "serverless-http" => "serverless-http" [Http],
        "@trpc/server" => "tRPC" [Framework],
        "@grpc/grpc-js" => "gRPC" [Framework],
        "socket.io" => "Socket.IO" [Framework, Http],
        "ws" => "ws" [],
        "bullmq" => "BullMQ" [Datastore, Jobs],
        "bull" => "Bull" [Datastore, Jobs],
        "bee-queue" => "Bee-Queue" [Datastore, Jobs],
        "agenda" => "Agenda" [Jobs],
        "pg-boss" => "pg-boss" [Datastore, Jobs],
        "graphile-worker" => "Graphile Worker" [Datastore, Jobs],
        "@temporalio/worker" => "Temporal" [Jobs],
        "node-cron" => "node-cron" [Jobs],
        "amqplib" => "RabbitMQ" [Datastore, Jobs],
        "kafkajs" => "Kafka" [Datastore, Jobs],
        "telegraf" => "Telegraf" [Framework, Jobs],
        "grammy" => "grammY" [Framework, Jobs],
        "node-telegram-bot-api" => "node-telegram-bot-api" [Framework, Jobs],
        "discord.js" => "discord.js" [Framework, Jobs],
        "@slack/bolt" => "Slack Bolt" [Framework, Jobs],
        "aws-cdk-lib" => "AWS CDK" [Framework, Infrastructure],
        "@pulumi/pulumi" => "Pulumi" [Framework, Infrastructure],
        "cdktf" => "CDK for Terraform" [Framework, Infrastructure],
        "sst" => "SST" [Framework],
        "@prisma/client" => "Prisma" [Orm],
        "prisma" => "Prisma" [Orm, DeclaredDev],
        "drizzle-orm" => "Drizzle" [Orm],
        "typeorm" => "TypeORM" [Orm],
        "sequelize" => "Sequelize" [Orm],
        "mongoose" => "Mongoose" [Orm],
        "@mikro-orm/core" => "MikroORM" [Orm],
        "objection" => "Objection" [Orm],
        "knex" => "Knex" [Orm],
        "kysely" => "Kysely" [Orm],
        "@supabase/supabase-js" => "Supabase" [Datastore],
        "@supabase/ssr" => "Supabase" [Datastore],
        "pg" => "PostgreSQL" [Datastore],
        "postgres" => "PostgreSQL" [Datastore],
        "@neondatabase/serverless" => "PostgreSQL" [Datastore],
        "@vercel/postgres" => "PostgreSQL" [Datastore],
        "@prisma/adapter-pg" => "PostgreSQL" [Datastore],
        "mysql" => "MySQL" [Datastore],
        "mysql2" => "MySQL" [Datastore],
        "mongodb" => "MongoDB" [Datastore],
        "better-sqlite3" => "SQLite" [Datastore],
        "sqlite3" => "SQLite" [Datastore],
        "@libsql/client" => "SQLite" [Datastore],
        "mssql" => "SQL Server" [Datastore],
        "oracledb" => "Oracle" [Datastore],
        "ioredis" => "Redis" [Datastore],
        "redis" => "Redis" [Datastore],
        "@upstash/redis" => "Redis" [Datastore],
        "@redis/client" => "Redis" [Datastore],
        "@elastic/elasticsearch" => "Elasticsearch" [Datastore],
        "@opensearch-project/opensearch" => "OpenSearch" [Datastore],
        "meilisearch" => "Meilisearch" [Datastore],
        "@clickhouse/client" => "ClickHouse" [Datastore],
        "cassandra-driver" => "Cassandra" [Datastore],
        "neo4j-driver" => "Neo4j" [Datastore],
        "@aws-sdk/client-dynamodb" => "DynamoDB" [Datastore],
        "firebase-admin" => "Firebase" [Datastore],
        "@google-cloud/firestore" => "Firestore" [Datastore],
        "convex" => "Convex" [Datastore],
        "nats" => "NATS" [Datastore],
        "react-dom" => "React" [Page],
        "vite" => "Vite" [Bundler, DeclaredDev],
        "webpack" => "webpack" [Bundler, DeclaredDev],
        "parcel" => "Parcel" [Bundler, DeclaredDev],
        "esbuild" => "esbuild" [Bundler, DeclaredDev],
        "@rsbuild/core" => "Rsbuild" [Bundler, DeclaredDev],
        "@rspack/core" => "Rspack" [Bundler, DeclaredDev],
    }
    Python {
        "fastapi" => "FastAPI" [Framework, Http],
        "flask" => "Flask" [Framework, Http],
        "django" => "Django" [Framework, Orm, Http],
        "djangorestframework" => "Django REST framework" [Framework, Http],
        "starlette" => "Starlette" [Framework, Http],
        "litestar" => "Litestar" [Framework, Http],
        "sanic" => "Sanic" [Framework, Http],
        "tornado" => "Tornado" [Framework, Http],
        "aiohttp" => "aiohttp" [],
        "quart" => "Quart" [Framework, Http],
        "falcon" => "Falcon" [Framework, Http],
        "bottle" => "Bottle" [Framework, Http],
        "pyramid" => "Pyramid" [Framework, Http],
        "connexion" => "Connexion" [Framework, Http],
        "grpcio" => "gRPC" [Framework],
        "streamlit" => "Streamlit" [Framework, Dashboard],
        "gradio" => "Gradio" [Framework, Dashboard],
        "dash" => "Dash" [Framework, Dashboard],
        "reflex" => "Reflex" [Framework, Dashboard],
        "celery" => "Celery" [Framework, Jobs],
        "rq" => "RQ" [Framework, Jobs],
        "dramatiq" => "Dramatiq" [Framework, Jobs],
        "huey" => "Huey" [Framework, Jobs],
        "arq" => "arq" [Framework, Jobs],
        "taskiq" => "Taskiq" [Framework, Jobs],
        "apscheduler" => "APScheduler" [Jobs],
        "aiogram" => "aiogram" [Framework, Jobs],
        "python-telegram-bot" => "python-telegram-bot" [Framework, Jobs],
        "pytelegrambotapi" => "pyTelegramBotAPI" [Framework, Jobs],
        "telethon" => "Telethon" [Framework, Jobs],
        "discord-py" => "discord.py" [Framework, Jobs],
        "apache-airflow" => "Airflow" [Framework, Jobs],
        "prefect" => "Prefect" [Framework, Jobs],
        "aio-pika" => "RabbitMQ" [Datastore, Jobs],
        "pika" => "RabbitMQ" [Datastore, Jobs],
        "aiokafka" => "Kafka" [Datastore, Jobs],
        "confluent-kafka" => "Kafka" [Datastore, Jobs],
        "kafka-python" => "Kafka" [Datastore, Jobs],
        "aws-cdk-lib" => "AWS CDK" [Framework, Infrastructure],
        "pulumi" => "Pulumi" [Framework, Infrastructure],
        "sqlalchemy" => "SQLAlchemy" [Orm],
        "sqlmodel" => "SQLModel" [Orm],
        "flask-sqlalchemy" => "SQLAlchemy" [Orm],
        "tortoise-orm" => "Tortoise ORM" [Orm],
        "peewee" => "Peewee" [Orm],
        "pony" => "Pony" [Orm],
        "mongoengine" => "MongoEngine" [Orm],
        "beanie" => "Beanie" [Orm],
        "alembic" => "Alembic" [],
        "asyncpg" => "PostgreSQL" [Datastore],
        "psycopg" => "PostgreSQL" [Datastore],
        "psycopg2*" => "PostgreSQL" [Datastore],
        "aiomysql" => "MySQL" [Datastore],
        "pymysql" => "MySQL" [Datastore],
        "mysqlclient" => "MySQL" [Datastore],
        "mysql-connector-python" => "MySQL" [Datastore],
        "aiosqlite" => "SQLite" [Datastore],
        "pymongo" => "MongoDB" [Datastore],
        "motor" => "MongoDB" [Datastore],
        "redis" => "Redis" [Datastore],
        "aioredis" => "Redis" [Datastore],
        "elasticsearch" => "Elasticsearch" [Datastore],
        "opensearch-py" => "OpenSearch" [Datastore],
        "clickhouse-*" => "ClickHouse" [Datastore],
        "qdrant-client" => "Qdrant" [Datastore],
        "weaviate-client" => "Weaviate" [Datastore],
        "chromadb" => "Chroma" [Datastore],
        "pymilvus" => "Milvus" [Datastore],
        "neo4j" => "Neo4j" [Datastore],
        "cassandra-driver" => "Cassandra" [Datastore],
        "supabase" => "Supabase" [Datastore],
        "firebase-admin" => "Firebase" [Datastore],
        "nats-py" => "NATS" [Datastore],
    }
    Go {
        "github.com/gin-gonic/gin" => "Gin" [Framework, Http],
        "github.com/labstack/echo*" => "Echo" [Framework, Http],
        "github.com/go-chi/chi*" => "chi" [Framework, Http],
        "github.com/gofiber/fiber*" => "Fiber" [Framework, Http],
        "github.com/gorilla/mux" => "Gorilla" [Framework, Http],
        "google.golang.org/grpc" => "gRPC" [Framework, Http],
        "github.com/hibiken/asynq" => "Asynq" [Jobs],
        "gorm.io/gorm" => "GORM" [Orm],
        "entgo.io/ent" => "ent" [Orm],
        "github.com/jackc/pgx*" => "PostgreSQL" [Datastore],
        "github.com/lib/pq" => "PostgreSQL" [Datastore],
        "github.com/go-sql-driver/mysql" => "MySQL" [Datastore],
        "go.mongodb.org/mongo-driver*" => "MongoDB" [Datastore],
        "github.com/redis/go-redis*" => "Redis" [Datastore],
        "github.com/go-redis/redis*" => "Redis" [Datastore],
        "github.com/segmentio/kafka-go" => "Kafka" [Datastore],
    }
    Cargo {
        "axum" => "axum" [Framework, Http],
        "actix-web" => "Actix Web" [Framework, Http],
        "rocket" => "Rocket" [Framework, Http],
        "warp" => "warp" [Framework, Http],
        "poem" => "Poem" [Framework, Http],
        "tonic" => "tonic" [Framework, Http],
        "leptos" => "Leptos" [Framework, Web],
        "tauri" => "Tauri" [Framework, Client],
        "diesel" => "Diesel" [Orm],
        "sea-orm" => "SeaORM" [Orm],
        "sqlx" => "SQLx" [Orm],
        "tokio-postgres" => "PostgreSQL" [Datastore],
        "mongodb" => "MongoDB" [Datastore],
        "redis" => "Redis" [Datastore],
        "rdkafka" => "Kafka" [Datastore],
    }
    Jvm {
        "org.springframework.boot:spring-boot-starter-web*" => "Spring Boot" [Framework, Http],
        "org.springframework.boot:spring-boot-starter-graphql" => "Spring Boot" [Framework, Http],
        "org.springframework.boot:spring-boot-starter-data-jpa" => "Spring Data JPA" [Orm],
        "org.springframework.boot:spring-boot-starter-data-mongodb*" => "MongoDB" [Datastore],
        "org.springframework.boot:spring-boot-starter-data-redis*" => "Redis" [Datastore],
        "org.springframework.boot:spring-boot-starter-amqp" => "RabbitMQ" [Datastore, Jobs],
        "org.springframework.kafka:spring-kafka" => "Kafka" [Datastore, Jobs],
        "org.springframework.boot:spring-boot-starter-batch" => "Spring Batch" [Framework, Jobs],
        "org.springframework.boot:*" => "Spring Boot" [Framework],
        "io.quarkus:quarkus-rest*" => "Quarkus" [Framework, Http],
        "io.quarkus:quarkus-resteasy*" => "Quarkus" [Framework, Http],
        "io.micronaut:micronaut-http-server*" => "Micronaut" [Framework, Http],
        "io.ktor:ktor-server*" => "Ktor" [Framework, Http],
        "org.hibernate*" => "Hibernate" [Orm],
        "org.mybatis*" => "MyBatis" [Orm],
        "org.jooq:*" => "jOOQ" [Orm],
        "org.postgresql:postgresql" => "PostgreSQL" [Datastore],
        "com.mysql:mysql-connector-j" => "MySQL" [Datastore],
        "mysql:mysql-connector-java" => "MySQL" [Datastore],
        "com.h2database:h2" => "H2" [Datastore],
        "redis.clients:jedis" => "Redis" [Datastore],
    }
    Composer {
        "laravel/framework" => "Laravel" [Framework, Orm, Http],
        "symfony/framework-bundle" => "Symfony" [Framework, Http],
        "slim/slim" => "Slim" [Framework, Http],
        "cakephp/cakephp" => "CakePHP" [Framework, Http],
        "yiisoft/yii2" => "Yii" [Framework, Http],
        "doctrine/orm" => "Doctrine" [Orm],
        "predis/predis" => "Redis" [Datastore],
    }
    Ruby {
        "rails" => "Rails" [Framework, Orm, Http],
        "sinatra" => "Sinatra" [Framework, Http],
        "hanami" => "Hanami" [Framework, Http],
        "sidekiq" => "Sidekiq" [Framework, Jobs],
        "sequel" => "Sequel" [Orm],
        "pg" => "PostgreSQL" [Datastore],
        "mysql2" => "MySQL" [Datastore],
        "mongoid" => "MongoDB" [Datastore],
        "redis" => "Redis" [Datastore],
    }
}
