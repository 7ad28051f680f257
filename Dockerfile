# hostaway-sync as a container: docs/operations.md says how to run it.
#
#   docker build -t hostaway-sync .
#   docker run --rm --env-file .env hostaway-sync check
#
# Node.js 26 is the LTS line since October 2026. The tag brings its security updates with each build. To build the
# same image every time, write the digest behind it, node:26-trixie-slim@sha256:…, as shown by
#   docker buildx imagetools inspect node:26-trixie-slim
FROM node:26-trixie-slim AS base
WORKDIR /app

FROM base AS build
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build -- --sourceMap false --incremental false --tsBuildInfoFile null

# What no program reads is two thirds of it: source maps, typings, and echarts in one piece (it is used in parts).
FROM base AS dependencies
COPY .npmrc package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete \
  && rm -r node_modules/echarts/dist

FROM base
LABEL org.opencontainers.image.title="hostaway-sync" \
      org.opencontainers.image.description="Copies the guest messages of a Hostaway account into MongoDB, every night" \
      org.opencontainers.image.licenses="MIT"
# The database is another container's or another machine's: nothing is downloaded into this one.
ENV NODE_ENV=production \
    HEARTBEAT_FILE=/tmp/hostaway-sync.heartbeat \
    MONGOMS_RUNTIME_DOWNLOAD=false
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --chmod=644 package.json ./
# "node", by number: of a name Kubernetes cannot see that it is not root. It owns nothing here and writes to /tmp only.
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 \
  CMD ["node", "/app/dist/cli.js", "status", "--alive"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["schedule"]
