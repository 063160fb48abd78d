# One image for every role; the command names it: worker/main.ts, worker/upkeep-main.ts, api/main.ts, generator/main.ts, scripts/migrate.ts.

# On the machine that builds, for the one that runs: nothing is compiled.
FROM --platform=$BUILDPLATFORM node:24.21.0-bookworm-slim AS packages
ARG TARGETARCH
WORKDIR /rollcall
COPY package.json package-lock.json .npmrc ./
COPY docker/prune-packages.sh docker/
RUN npm ci --omit=dev --ignore-scripts --os=linux --libc=glibc --cpu="$([ "$TARGETARCH" = amd64 ] && echo x64 || echo "$TARGETARCH")" \
  && sh docker/prune-packages.sh "$TARGETARCH"

FROM node:24.21.0-bookworm-slim
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Rollcall" \
  org.opencontainers.image.description="Login analytics that can be trusted" \
  org.opencontainers.image.version="0.4.0" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
ENV NODE_ENV=production
WORKDIR /rollcall
COPY --from=packages /rollcall/node_modules node_modules
COPY . .
# The user "node", by its number: Kubernetes cannot tell of a name that it is not root.
USER 1000:1000
EXPOSE 4000 4001
# Alive and not ready: a part that is away is waited for, and is no reason to replace the container.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "docker/probe.ts", "http://127.0.0.1:4001/health"]
CMD ["node", "--max-semi-space-size=16", "--heap-growing-percent=70", "worker/main.ts"]
