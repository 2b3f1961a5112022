import type { Ecosystem } from "./reading.ts";

/**
 * Names that others imitate: packages among those most downloaded or most depended upon in the public statistics of each registry (npmjs.com,
 * pypistats.org, crates.io, rubygems.org, nuget.org, packagist.org, mvnrepository.com, pkg.go.dev), and honest neighbours of theirs that differ in
 * a letter. Short on purpose: what is rarely asked for is rarely imitated. Maven's are groups, Composer's vendors.
 */
export const wellKnown: Readonly<Partial<Record<Ecosystem, ReadonlySet<string>>>> = {
  npm: words(`
    angular axios babel-core bcrypt bcryptjs bluebird body-parser bootstrap browserify chalk cheerio chokidar classnames cloudinary color colors
    commander compression concurrently cookie-parser core-js cors cross-env cross-spawn d3 dayjs debug discord.js dotenv electron ember-cli esbuild
    eslint ethers event-stream express fs-extra glob graphql gulp handlebars helmet husky immer inquirer ioredis jest jquery js-yaml jsonwebtoken
    kafkajs knex koa ky less lodash lodash-es luxon lerna marked minimist mkdirp mocha moment mongodb mongoose morgan multer mysql mysql2 nanoid
    next node-fetch node-sass nodemailer nodemon nuxt openai passport path-to-regexp pino pm2 postcss preact prettier prisma prop-types puppeteer
    query-string ramda react react-dom react-redux react-router react-router-dom redis redux request requests rimraf rollup rxjs sass semver sequelize sharp
    shelljs sinon socket.io socket.io-client styled-components superagent svelte swiper tailwindcss terser three tslint ts-node tslib typeorm typescript
    underscore uuid validator vite vitest vue vue-router vuex web3 webpack webpack-cli winston yargs zustand
    @angular/core @babel/core @nestjs/core @nestjs/common @types/node @vue/cli @aws-sdk/client-s3 @prisma/client @reduxjs/toolkit @octokit/rest
    @anthropic-ai/sdk @modelcontextprotocol/sdk @sentry/node @storybook/react @tanstack/react-query @testing-library/react @typescript-eslint/parser`),
  pypi: words(`
    aiohttp alembic anthropic anyio asyncpg attrs azure-storage-blob bcrypt beautifulsoup4 black boto3 botocore celery certifi cffi click colorama
    cryptography django djangorestframework docker docutils elasticsearch fastapi flask gevent google-cloud-storage grpcio gunicorn httpx huggingface-hub ipython
    isort jinja2 jsonschema jupyter keras kubernetes langchain lxml matplotlib mypy mysqlclient numpy openai opencv-python openpyxl packaging pandas
    paramiko pillow pip poetry protobuf psutil psycopg psycopg2 psycopg2-binary pyarrow pycryptodome pydantic pyjwt pymongo pymysql pytest python-dateutil
    python-dotenv pytorch pyyaml redis requests rich rsa ruff s3transfer scikit-learn scipy scrapy selenium sentry-sdk setuptools six sqlalchemy
    starlette tensorflow tornado torch tqdm transformers typing-extensions urllib3 uvicorn virtualenv websockets werkzeug wheel`),
  cargo: words(`
    actix-web aes anyhow async-trait axum base64 bincode bitflags bytes cc chrono clap crossbeam diesel dirs either env_logger futures
    getrandom hashbrown hyper indexmap itertools lazy_static libc log memchr nom num num-traits once_cell openssl parking_lot proc-macro2 prost quote
    rand rayon regex reqwest ring rocket rusqlite rustls serde serde_derive serde_json serde_yaml sha2 sqlx structopt syn tempfile thiserror
    time tokio toml tonic tower tracing url uuid wasm-bindgen warp walkdir`),
  rubygems: words(`
    actionpack activejob activemodel activerecord activesupport addressable aws-sdk-core aws-sdk-s3 bcrypt bootsnap brakeman bundler byebug capybara
    concurrent-ruby devise dotenv factory_bot faker faraday graphql httparty jekyll jwt kaminari mysql2 nokogiri octokit omniauth paperclip pry
    puma pundit rack rails railties rake redis rest-client rspec rspec-rails rubocop rubyzip sass sentry-ruby sidekiq sinatra sqlite3 thor
    tzinfo webmock webpacker will_paginate`),
  nuget: words(`
    automapper awssdk.core awssdk.s3 azure.identity castle.core dapper entityframework fluentassertions fluentvalidation grpc.net.client log4net
    mediatr microsoft.aspnetcore.mvc microsoft.entityframeworkcore microsoft.extensions.hosting microsoft.extensions.logging moq mstest.testframework newtonsoft.json
    nlog npgsql nunit polly quartz rabbitmq.client restsharp serilog stackexchange.redis swashbuckle.aspnetcore system.text.json xunit`),
  composer: words(
    "composer doctrine guzzlehttp laravel league monolog nesbot phpunit predis psr ramsey symfony twig vlucas webmozart",
  ),
  maven: words(`
    ch.qos.logback com.fasterxml.jackson.core com.github.ben-manes.caffeine com.google.code.gson com.google.guava com.google.protobuf com.h2database
    com.mysql com.squareup.okhttp3 com.squareup.retrofit2 com.zaxxer io.grpc io.micrometer io.netty io.projectreactor jakarta.persistence
    joda-time org.apache.commons org.apache.httpcomponents org.apache.kafka org.apache.logging.log4j org.apache.tomcat.embed org.assertj
    org.flywaydb org.hibernate org.hibernate.orm org.jetbrains.kotlin org.jetbrains.kotlinx org.junit.jupiter org.mockito org.postgresql
    org.projectlombok org.slf4j org.springframework org.springframework.boot org.springframework.security org.testcontainers org.yaml`),
  go: words(`
    github.com/aws/aws-sdk-go github.com/docker/docker github.com/gin-gonic/gin github.com/go-chi/chi github.com/go-redis/redis
    github.com/gofiber/fiber github.com/golang-jwt/jwt github.com/golang/protobuf github.com/google/uuid github.com/gorilla/mux
    github.com/gorilla/websocket github.com/grpc-ecosystem/grpc-gateway github.com/hashicorp/vault github.com/jackc/pgx github.com/jmoiron/sqlx
    github.com/labstack/echo github.com/lib/pq github.com/mattn/go-sqlite3 github.com/pkg/errors github.com/prometheus/client_golang
    github.com/redis/go-redis github.com/rs/zerolog github.com/sirupsen/logrus github.com/spf13/cobra github.com/spf13/pflag github.com/spf13/viper
    github.com/stretchr/testify github.com/urfave/cli go.mongodb.org/mongo-driver go.uber.org/zap golang.org/x/crypto golang.org/x/net
    google.golang.org/grpc google.golang.org/protobuf gopkg.in/yaml.v3 gorm.io/gorm k8s.io/api k8s.io/client-go`),
};

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/u));
}
