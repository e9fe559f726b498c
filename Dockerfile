# syntax=docker/dockerfile:1
# Two images: `exchange` (server, jobs and the command line) and `client` (the web server in front).
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY client/package.json client/
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim AS exchange
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/var/lib/credit
# The volume takes its owner from here.
RUN install -d -o node -g node -m 0700 /var/lib/credit
COPY --from=build /app/package.json /app/tsconfig.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/jobs jobs
COPY --from=build /app/schema schema
COPY --from=build /app/server server
COPY --from=build /app/client/dist client/dist
COPY --from=build /app/client/src/graphql/__generated__/persisted.json client/src/graphql/__generated__/persisted.json
USER node
EXPOSE 4000
CMD ["node", "--import=./server/lib/runtime.mjs", "server/index.ts", "server"]

FROM nginxinc/nginx-unprivileged:1.29-alpine AS client
COPY deploy/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /app/client/dist/assets /usr/share/nginx/html/assets
EXPOSE 8080
